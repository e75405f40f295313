package org.entente.loadtests.testkit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Channel;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.entente.gateway.model.MessageId;
import org.entente.loadtests.traffic.Publication;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.Severity;

/** Publications that the sample agreements permit between members of the EU. */
public final class Publications {
  private Publications() {}

  /** So many warnings of unsafe products. */
  public static List<Publication> of(int count, String publisher, String recipient) {
    List<Publication> publications = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String headline = "Unsafe product " + i;
      publications.add(
          Publication.of("unsafe-" + i, publisher, "test:" + i, draft(recipient, headline)));
    }
    return publications;
  }

  /** A warning of an unsafe product. */
  public static Draft draft(String recipient, String headline) {
    return Draft.newBuilder()
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_HAZARDOUS)
                .setPurpose(Purpose.PURPOSE_PRODUCT_SAFETY)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED)
                .setSeverity(Severity.SEVERITY_SEVERE))
        .setBody(
            Body.newBuilder()
                .setAlert(
                    Alert.newBuilder()
                        .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline))))
        .setTo(Addressing.newBuilder().addAgencies(recipient))
        .build();
  }

  /** Publishes a draft under a key of its own, which must be accepted; the message's id. */
  public static MessageId accepted(Channel channel, Draft draft) {
    PublishRequest request =
        PublishRequest.newBuilder()
            .setDraft(draft.toBuilder().setIdempotencyKey(UUID.randomUUID().toString()))
            .build();
    Outcome outcome = PublisherGrpc.newBlockingStub(channel).publish(request).getOutcome();
    assertTrue(outcome.hasAccepted(), outcome::toString);
    return MessageId.of(outcome.getMessageId().toByteArray());
  }
}
