package org.entente.gateway.feature.attachment;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.AttachmentId;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.seal.AttachmentSeal;
import org.entente.proto.link.v1.AttachmentPart;
import org.entente.proto.link.v1.AttachmentRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The transfer of one file from its origin, segment by segment, with a few requests on the way.
 * Only the next segment is taken, and only if it opens: what is on the disk was sealed by whoever
 * made the message. Where several transits lead to the origin, one that brings something else, or
 * says that the origin refuses, is not used again, and one that stalls loses its turn. Guarded by
 * itself.
 */
final class AttachmentFetch implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AttachmentFetch.class);

  /**
   * Segments requested but not received. Together with those of the other fetches they are all that
   * a FLASH notice waits behind.
   */
  static final int WINDOW = 4;

  /** Segments written between two syncs. */
  static final int UNSYNCED = 16;

  /** After how long without a segment the requests are repeated. */
  static final long PATIENCE_NANOS = 2_000_000_000L;

  /**
   * Time without a segment after which the fetch ends, until an officer opens the file again; and
   * after which one that failed no longer says why.
   */
  static final long GIVEN_UP_NANOS = 600_000_000_000L;

  private final Key key;
  private final AgencyName origin;
  private final NodeName client;
  private final Supplier<List<AgencyName>> ways;
  private final Set<AgencyName> failed = new HashSet<>();
  private final MirroredFile mirrored;
  private final SealedFile file;
  private final AttachmentSeal seal;
  private final ByteString expected;
  private int have;
  private int requested;
  private int unsynced;
  private int turn;
  private long progress;
  private long asked;
  private boolean whole;
  private @Nullable Problem failure;
  private boolean closed;

  /** A file of a message. */
  record Key(MessageId message, AttachmentId attachment) {}

  /** The agency that has the file, and the client for which it is fetched. */
  record Parties(AgencyName origin, NodeName client) {}

  /**
   * Continues with what is on the disk; has failed if this machine may not change it.
   *
   * @param ways the neighbours that lead to the origin, best first
   * @param expected SHA-256 of the file, by the message's label
   */
  AttachmentFetch(
      Key key,
      Parties parties,
      Supplier<List<AgencyName>> ways,
      MirroredFile mirrored,
      AttachmentSeal seal,
      ByteString expected,
      long now) {
    this.key = key;
    this.origin = parties.origin();
    this.client = parties.client();
    this.ways = ways;
    this.mirrored = mirrored;
    this.file = mirrored.file();
    this.seal = seal;
    this.expected = expected;
    this.progress = now;
    this.asked = now;
    try {
      mirrored.mend(seal, UNSYNCED + WINDOW);
      this.have = file.present();
    } catch (IOException e) {
      this.failure = unchangeable(e);
    }
    this.requested = have;
    this.whole = failure == null && have == file.segments();
  }

  private static Problem unchangeable(IOException why) {
    return new Problem(
        Code.OVERLOADED,
        "attachment_id",
        "this machine may not change the file now: " + why.getMessage() + "; open it again");
  }

  Key key() {
    return key;
  }

  AgencyName origin() {
    return origin;
  }

  NodeName client() {
    return client;
  }

  ByteString expected() {
    return expected;
  }

  /**
   * Empties the file, whose content is not that of the label.
   *
   * @throws IOException if this machine may not change it
   */
  void empty() throws IOException {
    mirrored.empty();
  }

  /** The segments that are here. */
  synchronized int have() {
    return have;
  }

  /** Whether all segments are here; their hash may not be checked yet. */
  synchronized boolean isWhole() {
    return whole;
  }

  /** Why it cannot go on; empty while it can. */
  synchronized Optional<Problem> failure() {
    return Optional.ofNullable(failure);
  }

  synchronized void fail(Problem problem) {
    failure = problem;
  }

  /** The neighbour to request from now; empty if none is left. */
  synchronized Optional<AgencyName> way() {
    List<AgencyName> left = left();
    return left.isEmpty()
        ? Optional.empty()
        : Optional.of(left.get(Math.floorMod(turn, left.size())));
  }

  private List<AgencyName> left() {
    return ways.get().stream().filter(one -> !failed.contains(one)).toList();
  }

  /** Takes a segment that a neighbour brings; true if it was the last. */
  synchronized boolean take(AgencyName neighbour, AttachmentPart part, long now) {
    if (closed
        || whole
        || failure != null
        || part.getSegment() != have
        || !left().contains(neighbour)) {
      return false; // repeated, or not requested
    }
    if (part.getRefused()) {
      failed(neighbour, unavailable(neighbour));
      return false;
    }
    byte[] sealed = part.getSealed().toByteArray();
    if (seal.open(have, sealed).isEmpty()) {
      failed(neighbour, forged(neighbour));
      return false;
    }
    boolean last = have + 1 == file.segments();
    if (!isWritten(sealed, last)) {
      return false;
    }
    have++;
    requested = Math.max(requested, have);
    progress = now;
    whole = last;
    return last;
  }

  /** A disk that fails ends this fetch, and not the stream on which notices come too. */
  private boolean isWritten(byte[] sealed, boolean last) {
    boolean sync = last || unsynced + 1 == UNSYNCED;
    try {
      mirrored.write(have, sealed, sync);
    } catch (IOException e) {
      failure = unchangeable(e);
      return false;
    } catch (UncheckedIOException e) {
      LOG.error("a fetched attachment cannot be written", e);
      failure =
          new Problem(
              Code.STORAGE_FULL,
              "attachment_id",
              "the disk of attachments.folder takes no more; this gateway's operator must look");
      return false;
    }
    unsynced = sync ? 0 : unsynced + 1;
    return true;
  }

  /** The fetch goes on by others, if there are some. */
  private void failed(AgencyName neighbour, Problem problem) {
    failed.add(neighbour);
    requested = have;
    if (left().isEmpty()) {
      failure = problem;
    }
  }

  private Problem unavailable(AgencyName neighbour) {
    return new Problem(
        Code.EXPIRED,
        "attachment_id",
        origin
            + " does not give the file out"
            + (neighbour.equals(origin) ? "" : ", as " + neighbour + " says")
            + ": it is no longer available, or was recalled");
  }

  private Problem forged(AgencyName neighbour) {
    return new Problem(
        Code.DAMAGED,
        "attachment_id",
        neighbour
            + " sent bytes that are not the file of this message, whose origin is "
            + origin
            + "; operators of both must look");
  }

  /** The next request to send; null if enough is on the way. */
  synchronized @Nullable AttachmentRequest next(long now) {
    if (closed
        || whole
        || failure != null
        || requested == file.segments()
        || requested - have >= WINDOW) {
      return null;
    }
    asked = now;
    return AttachmentRequest.newBuilder()
        .setOrigin(origin.value())
        .setMessageId(ByteString.copyFrom(key.message().bytes()))
        .setAttachmentId(ByteString.copyFrom(key.attachment().bytes()))
        .setSegment(requested++)
        .build();
  }

  /** A request could not be sent. */
  synchronized void unsent() {
    requested = Math.max(have, requested - 1);
  }

  /** Repeats requests that nobody answered, by the next neighbour in turn. */
  synchronized void repeat(long now) {
    if (now - Math.max(progress, asked) >= PATIENCE_NANOS) {
      requested = have;
      turn++;
    }
  }

  /** Whether it goes on: not for long without progress. */
  synchronized boolean isOver(long now) {
    return failure != null || now - progress >= GIVEN_UP_NANOS;
  }

  /** Whether it ended, and need not be kept to say why: nothing has happened for long. */
  synchronized boolean isForgotten(long now) {
    return isOver(now) && now - Math.max(progress, asked) >= GIVEN_UP_NANOS;
  }

  /** The hashes of the whole file; empty if it cannot be read or the fetch is closed. */
  Optional<SealedFile.Hashes> hashes() {
    return file.hashes(seal);
  }

  /** Forgets the key. */
  @Override
  public synchronized void close() {
    closed = true;
    seal.close();
  }
}
