package org.entente.gateway.receive;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.format.FieldReader;
import org.entente.gateway.seal.format.OriginNumber;
import org.entente.gateway.seal.statement.NoticeStatement;
import org.entente.gateway.transmit.DeliverySettlement;
import org.entente.proto.link.v1.EvidenceRequest;
import org.entente.proto.link.v1.NeedRewrap;
import org.entente.proto.link.v1.Notice;
import org.entente.proto.link.v1.SignedNotice;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;

/**
 * Notices that one agency addresses to another under its gateway's signature: requests for new
 * stanzas or for evidence, and what audit logs and witnesses say to each other. Nothing in one is
 * read before its signature holds, and a request counts once ({@link SeenRequests}). Safe for many
 * threads.
 */
final class SignedNotices {
  /** Numbers in a request for new stanzas; a receiver ignores more. */
  static final int MAX_NUMBERS = 1_024;

  private final NoticeSigner signer;
  private final InstantSource clock;
  private final NoticeSignatureCheck signed;
  private final DeliverySettlement settlement;
  private final WitnessNotices witnesses;
  private final EvidenceRepetition repetition;
  private final Reporter reporter;
  private final SeenRequests seen = new SeenRequests();

  /** Apart, so that neither kind makes the other's requests be forgotten. */
  private final SeenRequests seenForEvidence = new SeenRequests();

  SignedNotices(
      NoticeSigner signer,
      InstantSource clock,
      NoticeSignatureCheck signed,
      DeliverySettlement settlement,
      WitnessNotices witnesses,
      EvidenceRepetition repetition,
      Reporter reporter) {
    this.signer = signer;
    this.clock = clock;
    this.signed = signed;
    this.settlement = settlement;
    this.witnesses = witnesses;
    this.repetition = repetition;
    this.reporter = reporter;
  }

  /** Asks an origin for new stanzas. */
  Notice.Builder needRewrap(AgencyName origin, List<OriginNumber> numbers) {
    NeedRewrap.Builder need = NeedRewrap.newBuilder();
    for (OriginNumber number : numbers) {
      need.addNumbers(
          org.entente.proto.link.v1.OriginNumber.newBuilder()
              .setEpoch(number.epoch())
              .setLane(number.lane().number())
              .setSequence(number.sequence()));
    }
    return sign(origin, SignedNotice.newBuilder().setNeedRewrap(need));
  }

  /** Asks a recipient to send its evidence about messages again. */
  Notice.Builder evidenceRequest(
      AgencyName recipient, List<MessageId> undelivered, List<MessageId> unopened) {
    EvidenceRequest.Builder request = EvidenceRequest.newBuilder();
    undelivered.forEach(id -> request.addUndelivered(ByteString.copyFrom(id.bytes())));
    unopened.forEach(id -> request.addUnopened(ByteString.copyFrom(id.bytes())));
    return sign(recipient, SignedNotice.newBuilder().setEvidenceRequest(request));
  }

  /** Asks a witness. */
  Notice.Builder request(AgencyName witness, WitnessRequest request) {
    return sign(witness, SignedNotice.newBuilder().setWitnessRequest(request));
  }

  /** Answers a log. */
  Notice.Builder answer(AgencyName log, WitnessAnswer answer) {
    return sign(log, SignedNotice.newBuilder().setWitnessAnswer(answer));
  }

  /** Tells a witness what this one holds. */
  Notice.Builder witnessed(AgencyName witness, WitnessedCheckpoints held) {
    return sign(witness, SignedNotice.newBuilder().setWitnessed(held));
  }

  private Notice.Builder sign(AgencyName to, SignedNotice.Builder said) {
    NoticeStatement statement =
        NoticeStatement.sign(
            new NoticeStatement.Content(
                signer.frame(to, clock.millis()), said.build().toByteArray()),
            signer.key());
    return Notice.newBuilder().setSignedNotice(ByteString.copyFrom(statement.encoded()));
  }

  /** A notice came that is said to be of an agency. */
  void take(AgencyName from, byte[] bytes) {
    signed
        .taken(from, NoticeStatement.parse(bytes))
        .ifPresent(taken -> read(from, taken.content()));
  }

  @SuppressWarnings("FutureReturnValueIgnored") // asked again until it took effect
  private void read(AgencyName from, NoticeStatement.Content content) {
    try {
      SignedNotice said = SignedNotice.parseFrom(content.notice());
      switch (said.getSaidCase()) {
        case NEED_REWRAP -> {
          if (seen.isFirst(content, clock.millis())) {
            settlement.rewrap(from, numbers(said.getNeedRewrap()));
          } else {
            reporter.refused(from, Code.EXPIRED);
          }
        }
        case EVIDENCE_REQUEST -> {
          if (seenForEvidence.isFirst(content, clock.millis())) {
            repetition.asked(from, said.getEvidenceRequest());
          } else {
            reporter.refused(from, Code.EXPIRED);
          }
        }
        case WITNESS_REQUEST -> witnesses.asked(from, said.getWitnessRequest());
        case WITNESS_ANSWER -> witnesses.answered(from, said.getWitnessAnswer());
        case WITNESSED -> witnesses.reported(from, said.getWitnessed());
        case SAID_NOT_SET -> {
          // A newer peer may say more than this release understands.
        }
      }
    } catch (InvalidProtocolBufferException e) {
      reporter.refused(from, Code.MALFORMED);
    }
  }

  private static boolean isNumber(long number) {
    return number > 0 && number <= FieldReader.LAST_NUMBER;
  }

  private static List<OriginNumber> numbers(NeedRewrap need) {
    List<OriginNumber> out = new ArrayList<>();
    for (org.entente.proto.link.v1.OriginNumber one : need.getNumbersList()) {
      if (out.size() < MAX_NUMBERS && isNumber(one.getEpoch()) && isNumber(one.getSequence())) {
        out.add(new OriginNumber(one.getEpoch(), Lane.of(one.getLane()), one.getSequence()));
      }
    }
    return out;
  }
}
