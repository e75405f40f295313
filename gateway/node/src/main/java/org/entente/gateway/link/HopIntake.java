package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Receipt;

/**
 * The receive state of one lane from one peer: the epoch, the next hop number, and the header
 * hashes of the latest numbers.
 *
 * <p>Implemented on the ledger. Thread-safe. The link calls {@link #receive} and {@link #adopt}
 * from one thread at a time; calls take effect in their order.
 */
public interface HopIntake {
  /** The epoch of the last delivery or of a later adoption; 0 if there is none. */
  long epoch();

  /** The next number expected in that epoch; durable, except just after an adoption. */
  long next();

  /**
   * SHA-256 of the header received under a number, 32 bytes; that of no bytes for a void. The hash
   * is kept whatever happened to the content (REWRAP and REFUSED included). Empty once it has been
   * dropped. At least the latest 16,384 hashes are kept, more than a sender repeats after losing
   * unsynced releases.
   */
  Optional<ByteString> committedHash(long epoch, long sequence);

  /**
   * Stores deliveries of the current epoch: numbers follow {@link #next}, or the deliveries handed
   * over before these, without gaps. A number below {@link #next} is answered as a duplicate and
   * not stored again. A delivery without a header is a void: only its number is recorded.
   *
   * @param from the gateway that sent them
   * @return completes when all deliveries are durable, with one receipt per delivery, in order,
   *     each with the hash of the stored header; completes exceptionally if none was stored. Later
   *     calls then fail too, until the link hands over that number again
   */
  CompletionStage<List<Receipt>> receive(List<Delivery> deliveries, PeerName from);

  /**
   * Moves to a higher epoch, or ahead within the epoch, because the sender has nothing older:
   * numbers are expected from {@code next} on. Takes effect at once and becomes durable with the
   * next delivery; if it is lost, the handshake repeats it. Ahead within an epoch means that this
   * side has forgotten what it had acknowledged. After a conflict the link adopts an epoch that the
   * sender never opened, so that the sender opens the one above.
   */
  void adopt(long epoch, long next);
}
