package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;

/**
 * What has been taken from one peer on one lane: the epoch, the next hop number, and the header
 * hashes of the latest numbers.
 *
 * <p>Implemented on the ledger. Thread-safe. The link calls {@link #receive} and {@link #adopt}
 * from one thread at a time; calls take effect in their order.
 */
public interface HopIntake {
  /** The epoch in which something was last taken or that was adopted; 0 if there is none. */
  long epoch();

  /** The next number to be taken in that epoch; durable, apart from an adoption. */
  long next();

  /**
   * SHA-256 of the header that was taken under a number, 32 bytes; that of no bytes for a void.
   * Whatever became of the content (also REWRAP and REFUSED), its hash is kept. Empty once it is
   * not kept any longer: at least the latest 16,384 numbers are, more than a sender that lost its
   * unsynced releases sends again.
   */
  Optional<ByteString> committedHash(long epoch, long sequence);

  /**
   * Takes deliveries of the current epoch: numbers follow {@link #next}, or the deliveries handed
   * over before these, without gaps. A number below {@link #next} is answered as a duplicate and
   * not taken again. A delivery without a header is a void: its number is taken, nothing else.
   *
   * @param from the gateway that sent them
   * @return completes when all of it is durable, with one receipt per delivery, in order, each with
   *     the hash of the header that was taken; completes exceptionally if nothing was taken, in
   *     which case everything handed over later fails as well, until the link hands over that
   *     number again
   */
  CompletionStage<List<Receipt>> receive(List<Delivery> deliveries, PeerName from);

  /**
   * Goes over to a higher epoch, or ahead within the epoch, because the sender has nothing older:
   * numbers are expected from {@code next} on. Takes effect at once and becomes durable with the
   * next thing taken: if it is lost, the handshake repeats it. Ahead within an epoch means that
   * this side has forgotten what it had acknowledged. After a conflict the link adopts an epoch
   * that no sender has opened, so that the sender opens the one above.
   */
  void adopt(long epoch, long next);
}
