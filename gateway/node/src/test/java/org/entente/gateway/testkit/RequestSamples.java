package org.entente.gateway.testkit;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.time.Instant;
import org.entente.gateway.model.MessageId;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Request;
import org.entente.proto.v1.RequestedAction;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.Wanted;

/** Requests and answers about a container, unclassified, in matters of intellectual property. */
public final class RequestSamples {
  /** Who asks, and why. */
  public static final OnBehalfOf PERSON =
      OnBehalfOf.newBuilder().setOfficer("FR-12").setJustification("case 12/26").build();

  private RequestSamples() {}

  /** A request. */
  public static Body request(Wanted wanted, Instant answerBy) {
    return Body.newBuilder()
        .setRequest(
            Request.newBuilder()
                .setQuestion("Is this container known to you?")
                .setLanguage("en")
                .addSubjects(Subject.newBuilder().setContainer("CSQU3054383"))
                .setAnswerBy(Timestamps.fromMillis(answerBy.toEpochMilli()))
                .setWanted(wanted))
        .build();
  }

  /** An answer that says no more than its result. */
  public static Body answer(AnswerResult result) {
    return Body.newBuilder().setAnswer(Answer.newBuilder().setResult(result)).build();
  }

  /** An answer that says what is known. */
  public static Body details() {
    return Body.newBuilder()
        .setAnswer(
            Answer.newBuilder()
                .setResult(AnswerResult.ANSWER_RESULT_HIT)
                .setHits(1)
                .setText("Seized on 3 March.")
                .setLanguage("en")
                .addSubjects(Subject.newBuilder().setContainer("CSQU3054383")))
        .build();
  }

  /** The label of a request, as a client sends it. */
  public static Label.Builder asks() {
    return label(Kind.KIND_REQUEST);
  }

  /** The label of an answer to a request, as a client sends it. */
  public static Label.Builder answers(MessageId request) {
    return label(Kind.KIND_ANSWER).setInReplyTo(ByteString.copyFrom(request.bytes()));
  }

  /** The same with what a gateway completes where a client leaves it out. */
  public static Label.Builder complete(Label.Builder label) {
    if (label.getMessageType() == MessageType.MESSAGE_TYPE_UNSPECIFIED) {
      label.setMessageType(MessageType.MESSAGE_TYPE_ALERT);
    }
    if (label.getStatus() == Status.STATUS_UNSPECIFIED) {
      label.setStatus(Status.STATUS_ACTUAL);
    }
    return label.setRequestedAction(RequestedAction.REQUESTED_ACTION_INFORM);
  }

  private static Label.Builder label(Kind kind) {
    return Label.newBuilder()
        .setKind(kind)
        .setCategory(Category.CATEGORY_IPR)
        .setPurpose(Purpose.PURPOSE_IPR_ENFORCEMENT)
        .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED);
  }

  /** A draft to an agency. */
  public static Draft.Builder draft(String key, Label.Builder label, Body body, String to) {
    return Draft.newBuilder()
        .setIdempotencyKey(key)
        .setLabel(label)
        .setBody(body)
        .setOnBehalfOf(PERSON)
        .setTo(Addressing.newBuilder().addAgencies(to));
  }
}
