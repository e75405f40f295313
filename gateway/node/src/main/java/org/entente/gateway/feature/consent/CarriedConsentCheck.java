package org.entente.gateway.feature.consent;

import com.google.protobuf.util.Timestamps;
import java.util.Optional;
import java.util.function.Supplier;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.Label;

/**
 * Checks the consents attached to a message that another agency passes on: each must be signed by a
 * gateway of the originator and cover the agency that passes on, this recipient, this purpose and
 * that time. It is verified from the trust bundle, so this agency needs no agreement with the
 * originator and no query. Safe for use by several threads.
 */
public final class CarriedConsentCheck {
  private static final String RULE = "consent";

  private final AgencyName self;
  private final FederationName federation;
  private final AgencyPairSource pairs;
  private final PeerKeys peerKeys;
  private final Supplier<Membership> membership;

  /** Verifies with the agency pairs of the trust bundle, or with known gateway keys. */
  public CarriedConsentCheck(
      AgencyName self,
      FederationName federation,
      AgencyPairSource pairs,
      PeerKeys peerKeys,
      Supplier<Membership> membership) {
    this.self = self;
    this.federation = federation;
    this.pairs = pairs;
    this.peerKeys = peerKeys;
    this.membership = membership;
  }

  /** Why a message is not kept; empty if each consent is valid, or if it has none. */
  public Optional<Problem> refusal(AgencyName origin, Label label, Body body) {
    for (CarriedConsent carried : body.getPassedOnUnderList()) {
      Optional<ConsentStatement> statement =
          ConsentStatement.parse(carried.getStatement().toByteArray());
      if (statement.isEmpty()) {
        return refused(Code.MALFORMED, "an attached consent cannot be parsed");
      }
      Optional<Problem> refusal = refusal(origin, label, carried, statement.get());
      if (refusal.isPresent()) {
        return refusal;
      }
    }
    return Optional.empty();
  }

  private Optional<Problem> refusal(
      AgencyName origin, Label label, CarriedConsent carried, ConsentStatement statement) {
    ConsentStatement.Content content = statement.content();
    String name = "consent " + content.id() + " of " + content.grantor();
    if (content.grantor().equals(content.grantee())) {
      return refused(Code.CONSENT_REQUIRED, name + " is one to itself");
    }
    if (!content.federation().equals(federation) || !content.grantee().equals(origin)) {
      return refused(
          Code.CONSENT_REQUIRED,
          name
              + " permits "
              + content.grantee()
              + " of "
              + content.federation()
              + " to pass it on");
    }
    if (!isSigned(statement, carried)) {
      return refused(
          Code.BAD_SIGNATURE, name + " is not signed by a gateway that the agency certifies");
    }
    return lacking(content, label).flatMap(why -> refused(Code.CONSENT_REQUIRED, name + why));
  }

  private boolean isSigned(ConsentStatement statement, CarriedConsent carried) {
    return ConsentSignatureCheck.isSigned(statement, carried, pairs)
        || peerKeys
            .bundleOf(statement.content().grantor())
            .map(KeyBundle::content)
            .filter(known -> ConsentSignatureCheck.isSigned(statement, known.gateways()))
            .isPresent();
  }

  private Optional<String> lacking(ConsentStatement.Content content, Label label) {
    ConsentStatement.Terms terms = content.terms();
    boolean covered =
        terms.agencies().contains(self)
            || membership
                .get()
                .jurisdiction(self)
                .filter(terms.jurisdictions()::contains)
                .isPresent();
    if (!covered) {
      return Optional.of(" is not for " + self);
    }
    if (!terms.purposes().contains(label.getPurposeValue())) {
      return Optional.of(" is not for the purpose of the message");
    }
    // By the clock of the agency that passes on: a message that was in transit when a consent ended
    // stays valid.
    return Timestamps.toMillis(label.getCreatedAt()) < terms.untilMs()
        ? Optional.empty()
        : Optional.of(
            " had ended at " + Timestamps.toString(Timestamps.fromMillis(terms.untilMs())));
  }

  private Optional<Problem> refused(Code code, String reason) {
    return Optional.of(new Problem(code, RULE, reason));
  }
}
