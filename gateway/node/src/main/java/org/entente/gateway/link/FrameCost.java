package org.entente.gateway.link;

import com.google.protobuf.ByteString;
import java.util.List;
import java.util.stream.Stream;
import org.entente.gateway.account.Account;
import org.entente.gateway.account.Work;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.seal.format.EnvelopeHeader;
import org.entente.gateway.seal.statement.NumberedHeader;
import org.entente.proto.link.v1.Deliveries;
import org.entente.proto.link.v1.Delivery;
import org.entente.proto.link.v1.Frame;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.Stanza;

/**
 * What the processing of a frame can cost, from its form alone: the account of the peer's agency
 * pays before anything in the frame is believed or verified. The switches name every kind of frame
 * and notice, so that a new kind does not compile without its price. Deliveries that the peer
 * carries for others are charged one by one where they are inspected, each to the share of those
 * that it came through. Notices are charged where they are admitted: those dropped cost nothing.
 *
 * @param deliveries the frame itself, and deliveries and receipts in it
 * @param verifications signatures to verify and keys to decapsulate
 * @param commits synced changes of the ledger
 * @param messages messages to this agency, as the headers of their envelopes say
 */
public record FrameCost(int deliveries, int verifications, int commits, int messages) {
  /** Where a header has its number of messages, a u16. */
  private static final int COUNT_AT = 4;

  /** A pair's two signatures (Ed25519 and ML-DSA-44). */
  private static final int PAIR = 2;

  /** The pair's signatures, and a decapsulation. */
  private static final int ANNOUNCEMENT = PAIR + 1;

  /** What it costs to learn a session from the announcement that this gateway has stored. */
  public static final FrameCost STORED_SESSION = new FrameCost(0, ANNOUNCEMENT, 0, 0);

  /**
   * The notice's signature, and those in the answer of a witness: a cosignature, its latest
   * checkpoint, and four that others hold.
   */
  private static final int SIGNED_NOTICE = 1 + 6 * PAIR;

  /** Held numbers in a statement that cost as much as a commit. */
  private static final int NUMBERS_A_COMMIT = 16;

  /** Voided numbers, for each of which a header is read and opened, as for a verification. */
  private static final int VOIDS_A_VERIFICATION = 4;

  /** Most signatures of a note: any part of a bundle can be its last. */
  private static final int NOTE = 64;

  /** The cost of a frame that comes to an agency. */
  static FrameCost of(Frame frame, AgencyName self) {
    return switch (frame.getFrameCase()) {
      case HELLO -> new FrameCost(1, 0, 1, 0);
      case DELIVERIES -> of(frame.getDeliveries(), self);
      case RECEIPTS -> new FrameCost(1 + frame.getReceipts().getReceiptsCount(), 0, 0, 0);
      case BUNDLE_PART -> new FrameCost(1, NOTE, 0, 0);
      case FRESHNESS -> new FrameCost(1, PAIR, 0, 0);
      case NOTICE, GAP, CREDIT, BUNDLE_IN_FORCE, BUNDLE_REQUEST, LINK_PAUSE, FRAME_NOT_SET ->
          new FrameCost(1, 0, 0, 0);
      case ATTACHMENT_REQUEST, ATTACHMENT_PART -> new FrameCost(1, 0, 0, 0);
    };
  }

  private static FrameCost of(Deliveries deliveries, AgencyName self) {
    int verifications = 0;
    int messages = 0;
    for (Delivery delivery : deliveries.getDeliveriesList()) {
      if (!isCarried(delivery)) {
        FrameCost cost = of(delivery, self);
        verifications += cost.verifications();
        messages += cost.messages();
      }
    }
    return new FrameCost(1 + deliveries.getDeliveriesCount(), verifications, 1, messages);
  }

  /** Whether a delivery comes through others than its origin. */
  public static boolean isCarried(Delivery delivery) {
    return delivery.getPathCount() > 1;
  }

  /** What the inspection of a delivery costs, beside its part in a frame. */
  public static FrameCost of(Delivery delivery, AgencyName self) {
    // The header's signature, and the one that binds the stanza to it.
    int signatures = isCarried(delivery) ? 2 : 1;
    int verifications = delivery.getHeader().isEmpty() ? 0 : signatures;
    verifications += announces(delivery, self) ? ANNOUNCEMENT : 0;
    return new FrameCost(0, verifications, 0, messages(delivery, self));
  }

  /** What remains of it if nothing was judged or committed. */
  public FrameCost unread() {
    return new FrameCost(deliveries, verifications, 0, 0);
  }

  private static boolean announces(Delivery delivery, AgencyName self) {
    return to(self, delivery).anyMatch(stanza -> !stanza.getAnnouncement().isEmpty());
  }

  private static Stream<Stanza> to(AgencyName self, Delivery delivery) {
    return delivery.getStanzasList().stream()
        .filter(stanza -> stanza.getRecipient().equals(self.value()));
  }

  /** The header's number is bound to the content later: more messages than it says do not open. */
  private static int messages(Delivery delivery, AgencyName self) {
    ByteString header = delivery.getHeader();
    if (header.size() < COUNT_AT + 2 || to(self, delivery).findAny().isEmpty()) {
      return 0;
    }
    int said = (header.byteAt(COUNT_AT) & 0xff) << 8 | (header.byteAt(COUNT_AT + 1) & 0xff);
    // A header that says more cannot be read.
    return Math.min(said, EnvelopeHeader.MAX_COUNT);
  }

  /** What a notice costs that is read; one to another agency is only passed on. */
  public static FrameCost of(Notice notice, AgencyName self) {
    boolean isRead = notice.getTo().isEmpty() || notice.getTo().equals(self.value());
    return isRead
        ? new FrameCost(0, verifications(notice), commits(notice), 0)
        : new FrameCost(0, 0, 0, 0);
  }

  private static int commits(Notice notice) {
    return 1 + notice.getWatermarks().size() / (NUMBERS_A_COMMIT * NumberedHeader.BYTES);
  }

  private static int verifications(Notice notice) {
    int fulfilment = notice.getFulfilment().isEmpty() ? 0 : PAIR;
    return fulfilment
        + switch (notice.getNoticeCase()) {
          case KEY_BUNDLE -> PAIR;
          case WATERMARKS, SETTLED_STATEMENT -> 1;
          case VOID_STATEMENT ->
              1 + notice.getVoidStatement().size() / (VOIDS_A_VERIFICATION * NumberedHeader.BYTES);
          case SIGNED_NOTICE -> SIGNED_NOTICE;
          case KEY_REQUEST, NOTICE_NOT_SET -> 0;
        };
  }

  /**
   * Charges what comes inside a frame to a party's share of an account; false if that is used up.
   *
   * @param party as for {@link Account#spendFor}
   */
  public boolean charge(Account account, List<String> party) {
    return (messages == 0 || account.spendFor(party, Work.MESSAGES, messages))
        && (verifications == 0 || account.spendFor(party, Work.VERIFICATIONS, verifications))
        && (commits == 0 || account.spendFor(party, Work.COMMITS, commits));
  }

  /**
   * Charges it to an agency, on credit. Even a frame that costs none of something waits for what is
   * owed of it, as a notice is charged only when it is read.
   *
   * @return nanoseconds that the frame has to wait
   */
  public long charge(Account account) {
    long read = account.charge(Work.DELIVERIES, deliveries);
    long verified = account.charge(Work.VERIFICATIONS, verifications);
    long committed = account.charge(Work.COMMITS, commits);
    long judged = account.charge(Work.MESSAGES, messages);
    return Math.max(Math.max(read, judged), Math.max(verified, committed));
  }
}
