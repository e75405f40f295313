package org.entente.gateway.seal;

import static org.entente.gateway.seal.ForeignExchange.BAD_SIGNATURE;
import static org.entente.gateway.seal.ForeignExchange.HEADER_MISMATCH;
import static org.entente.gateway.seal.ForeignExchange.MALFORMED;
import static org.entente.gateway.seal.ForeignExchange.hex;
import static org.entente.gateway.testkit.ForeignVerifier.OK;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import org.entente.gateway.seal.format.Suite;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.testkit.FieldDamage;
import org.entente.gateway.testkit.ForeignVerifier;
import org.entente.gateway.testkit.ForeignVerifier.CaseTally;
import org.entente.gateway.testkit.ForeignVerifier.Comparison;
import org.junit.jupiter.api.Test;

/**
 * Announcements of sessions as a recipient in Node learns them: where, and only where, one here
 * does.
 */
class ForeignSessionTest {
  private static final long SEED = System.nanoTime();
  private static final int SIGNATURE = 2484;

  private final ForeignVerifier foreign = ForeignVerifier.require();
  private final ForeignExchange exchange = new ForeignExchange();
  private final FieldDamage damage = new FieldDamage(SEED);
  private final ByteMutation mutation = new ByteMutation(SEED);

  @Test
  void announcement_damagedAnywhere_isRefusedByBothForTheSameReason() {
    int[] fields = {
      1, 1, 1, 20, 1, 10, 1, 4, 1, 10, 8, 32, 16, 8, 8, 8, 8, 1088, 32, 64, 32, 2304, 84
    };
    Comparison cases = new Comparison(SEED);
    for (FieldDamage.Damaged damaged : damage.of(exchange.announcement, fields)) {
      addAnnouncement(cases, damaged.how(), damaged.bytes());
    }
    for (int round = 0; round < 200; round++) {
      addAnnouncement(cases, "mutation " + round, mutation.of(exchange.announcement));
    }

    cases.refusedBy(foreign, 400, MALFORMED, BAD_SIGNATURE, HEADER_MISMATCH, "UNKNOWN_PEER");
  }

  private byte[] body() {
    byte[] signed = exchange.announcement;
    return Arrays.copyOf(signed, signed.length - SIGNATURE);
  }

  private void addAnnouncement(Comparison cases, String name, byte[] bytes) {
    cases.add(exchange.learning(name, "session", bytes), learned(bytes));
  }

  /** What a recipient without sessions makes of an announcement. */
  private String learned(byte[] bytes) {
    return learned(bytes, Samples.CLOCK);
  }

  private String learned(byte[] bytes, InstantSource clock) {
    RecipientSessions sessions =
        new RecipientSessions(
            Samples.FEDERATION, exchange.de.name, exchange.trust, exchange.de.holder, clock, 4);
    return sessions.accept(bytes).fold(session -> OK, refused -> refused.code().name());
  }

  /** Its sender's agency signs whatever it likes: both judge what it says alike. */
  @Test
  void announcement_alteredAndSignedAgain_isJudgedAlike() {
    Comparison cases = new Comparison(SEED);
    byte[] body = body();
    for (FieldDamage.Damaged damaged :
        damage.of(body, 1, 1, 1, 20, 1, 10, 1, 4, 1, 10, 8, 32, 16, 8, 8, 8, 8, 1088, 32)) {
      addAnnouncement(cases, damaged.how(), resigned(Suite.ANNOUNCEMENT, damaged.bytes()));
    }
    for (byte[] enc : List.of(new byte[32], one(32))) {
      byte[] lowOrder = body.clone();
      System.arraycopy(enc, 0, lowOrder, lowOrder.length - 32, 32);
      addAnnouncement(cases, "low order " + hex(enc), resigned(Suite.ANNOUNCEMENT, lowOrder));
    }

    CaseTally tally = foreign.agree(cases);

    assertTrue(tally.of(OK) >= 5 && tally.of("NEED_REWRAP") >= 2, tally.toString());
  }

  private byte[] resigned(byte[] domain, byte[] body) {
    byte[] message = Suite.message(domain, body);
    return CraftedEnvelopes.joined(
        List.of(body, exchange.fr.identity.pair().sign(message).encoded()));
  }

  /** The number 1, little-endian: a point of low order. */
  private static byte[] one(int length) {
    byte[] bytes = new byte[length];
    bytes[0] = 1;
    return bytes;
  }

  @Test
  void announcement_atTheBordersOfItsTime_isJudgedAlike() {
    long issued = Samples.NOW_MS;
    long expires =
        SessionAnnouncement.parse(exchange.announcement).orElseThrow().terms().expiresAtMs();
    Comparison cases = new Comparison(SEED);
    for (long border : new long[] {issued - Samples.HOUR_MS, expires + Samples.HOUR_MS}) {
      for (long now = border - 1; now <= border + 1; now++) {
        cases.add(
            exchange.learning("at " + now, "session", exchange.announcement).with("now", now),
            learned(exchange.announcement, InstantSource.fixed(Instant.ofEpochMilli(now))));
      }
    }

    CaseTally tally = foreign.agree(cases);

    assertTrue(tally.of(OK) == 3 && tally.of(HEADER_MISMATCH) == 3, tally.toString());
  }
}
