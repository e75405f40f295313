package org.entente.gateway.deliver;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.GivenConsent;
import org.entente.proto.v1.Purpose;

/** Shows clients the consents under which a stored message was passed on. Pure. */
public final class GivenConsents {
  private GivenConsents() {}

  /** The consents of a message accepted by {@link CarriedConsentCheck}. */
  public static List<GivenConsent> of(Body body) {
    List<ConsentStatement.Content> statements = statements(body);
    return statements.isEmpty()
        ? List.of()
        : statements.stream().map(GivenConsents::shown).toList();
  }

  /** Their exact content. */
  public static List<ConsentStatement.Content> statements(Body body) {
    if (body.getPassedOnUnderCount() == 0) {
      return List.of();
    }
    return body.getPassedOnUnderList().stream()
        .map(CarriedConsent::getStatement)
        .map(bytes -> ConsentStatement.parse(bytes.toByteArray()))
        .flatMap(Optional::stream)
        .map(ConsentStatement::content)
        .toList();
  }

  private static GivenConsent shown(ConsentStatement.Content content) {
    GivenConsent.Builder out =
        GivenConsent.newBuilder()
            .setConsentId(ByteString.copyFrom(content.id().bytes()))
            .setOriginator(content.grantor().value())
            .setGivenAt(Timestamps.fromMillis(content.issuedAtMs()))
            .setUntil(Timestamps.fromMillis(content.terms().untilMs()));
    for (int number : content.terms().purposes()) {
      // A purpose of a later release has no name here.
      Optional.ofNullable(Purpose.forNumber(number)).ifPresent(out::addPurposes);
    }
    for (MessageId id : content.terms().messages()) {
      out.addMessageIds(ByteString.copyFrom(id.bytes()));
    }
    return out.build();
  }
}
