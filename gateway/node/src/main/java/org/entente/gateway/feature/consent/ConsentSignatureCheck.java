package org.entente.gateway.feature.consent;

import java.util.List;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.KeyBundle;
import org.entente.gateway.seal.statement.SessionAnnouncement;
import org.entente.gateway.seal.statement.SessionTerms;
import org.entente.proto.v1.CarriedConsent;

/**
 * Checks whether a gateway of the named agency signed a statement, using only the agency's pairs in
 * the trust bundle: nothing else must be known of the agency or agreed with it. Pure.
 */
final class ConsentSignatureCheck {
  private ConsentSignatureCheck() {}

  /** Whether the signing key is certified by the agency in the attachment. */
  static boolean isSigned(
      ConsentStatement statement, CarriedConsent carried, AgencyPairSource pairs) {
    byte[] voucher = carried.getVoucher().toByteArray();
    List<GatewayKey> named =
        carried.getAnnouncement()
            ? SessionAnnouncement.parse(voucher)
                .map(one -> announced(one, statement.content(), pairs))
                .orElse(List.of())
            : KeyBundle.parse(voucher)
                .map(one -> bundled(one, statement.content(), pairs))
                .orElse(List.of());
    return isSigned(statement, named);
  }

  /** Whether one of these keys, of the gateway named in the statement, signed it. */
  static boolean isSigned(ConsentStatement statement, List<GatewayKey> keys) {
    return keys.stream()
        .filter(key -> key.name().equals(statement.content().gateway()))
        .anyMatch(key -> statement.isSignedBy(key.key()));
  }

  private static List<GatewayKey> announced(
      SessionAnnouncement one, ConsentStatement.Content content, AgencyPairSource pairs) {
    SessionTerms.Parties parties = one.terms().parties();
    return isOf(parties.federation(), parties.sender(), content)
            && one.isSignedBy(pairs(content, pairs))
        ? List.of(parties.gateway())
        : List.of();
  }

  private static List<GatewayKey> bundled(
      KeyBundle one, ConsentStatement.Content content, AgencyPairSource pairs) {
    KeyBundle.Content said = one.content();
    return isOf(said.federation(), said.agency(), content) && one.isSignedBy(pairs(content, pairs))
        ? said.gateways()
        : List.of();
  }

  private static boolean isOf(
      FederationName federation, AgencyName agency, ConsentStatement.Content content) {
    return federation.equals(content.federation()) && agency.equals(content.grantor());
  }

  private static List<VerifyingPair> pairs(
      ConsentStatement.Content content, AgencyPairSource pairs) {
    return pairs.of(content.grantor());
  }
}
