package org.entente.gateway.ledger.table;

import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.ledger.record.CorruptRecord;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.KeyReader;
import org.entente.proto.store.v1.SentFacts;

/**
 * Whom the messages of a group went to. Most differ in their times alone, so the rest is there once
 * for all that share it.
 *
 * <pre>
 * u64 accepted at · u8 how many · for each: u32 length · SentFacts without these times
 * for each message: u8 which of them · u64 expires at · u64 open by
 * </pre>
 */
final class GroupFacts {
  private record Times(int which, long expiresAt, long openBy) {}

  private static final int TIMES_BYTES = 1 + 2 * Long.BYTES;

  private final long acceptedAt;
  private final List<SentFacts> shared = new ArrayList<>();
  private final List<Times> times = new ArrayList<>();

  private GroupFacts(long acceptedAt) {
    this.acceptedAt = acceptedAt;
  }

  /** The facts of messages, in the order of their group, as bytes. */
  static byte[] encode(long acceptedAt, List<SentFacts> facts) {
    List<SentFacts> shared = new ArrayList<>();
    KeyBuilder times = KeyBuilder.key(facts.size() * TIMES_BYTES);
    for (SentFacts one : facts) {
      SentFacts rest =
          one.toBuilder().clearAcceptedAtMs().clearExpiresAtMs().clearOpenByMs().build();
      // Mostly the last is the only one.
      int which = shared.lastIndexOf(rest);
      if (which < 0) {
        which = shared.size();
        shared.add(rest);
      }
      times.u8(which).u64(one.getExpiresAtMs()).u64(one.getOpenByMs());
    }
    KeyBuilder out = KeyBuilder.key().u64(acceptedAt).u8(shared.size());
    for (SentFacts rest : shared) {
      out.u32(rest.getSerializedSize()).bytes(rest.toByteArray());
    }
    return out.bytes(times.done()).done();
  }

  /** The facts of a group of messages. */
  static GroupFacts parse(byte[] bytes, int messages) {
    KeyReader reader = KeyReader.of(bytes);
    GroupFacts out = new GroupFacts(reader.u64());
    for (int left = reader.u8(); left > 0; left--) {
      byte[] rest = reader.bytes((int) reader.u32());
      out.shared.add(CorruptRecord.parse(SentFacts.parser(), rest, "SENT"));
    }
    for (int left = messages; left > 0; left--) {
      out.times.add(new Times(reader.u8(), reader.u64(), reader.u64()));
    }
    return out;
  }

  /** Whether the message at a position went to an agency. */
  boolean isTo(String agency, int position) {
    return shared.get(times.get(position).which()).getRecipientsList().contains(agency);
  }

  /** The facts of the message at a position. */
  SentFacts of(int position) {
    Times some = times.get(position);
    return shared.get(some.which()).toBuilder()
        .setAcceptedAtMs(acceptedAt)
        .setExpiresAtMs(some.expiresAt())
        .setOpenByMs(some.openBy())
        .build();
  }
}
