package org.entente.gateway.feature.consent;

import static org.entente.gateway.policy.decide.PolicyFixture.NOW;
import static org.entente.gateway.testkit.Agencies.DE;
import static org.entente.gateway.testkit.Agencies.FR;
import static org.entente.gateway.testkit.Agencies.SG;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.deliver.GivenConsents;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.terms.DemoMembership;
import org.entente.gateway.seal.KeySchedule;
import org.entente.gateway.seal.MemoryKeyHolder;
import org.entente.gateway.seal.PeerKeys;
import org.entente.gateway.seal.RecipientKeys;
import org.entente.gateway.seal.format.AgencyIdentity;
import org.entente.gateway.seal.format.AgencyPairSource;
import org.entente.gateway.seal.format.GatewayKey;
import org.entente.gateway.seal.statement.ConsentStatement;
import org.entente.gateway.seal.statement.StatementFrame;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.CarriedConsent;
import org.entente.proto.v1.GivenConsent;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Purpose;
import org.junit.jupiter.api.Test;

/**
 * What {@code de.customs} passes on to {@code sg.police} under a consent of {@code fr.customs}, of
 * which the recipient knows nothing but the pair in the trust bundle.
 */
class CarriedConsentCheckTest {
  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");

  private final SecureRandom random = new SecureRandom();
  private final SettableClock clock = new SettableClock(NOW);
  private final SigningPair agency = SigningPair.generate(random);
  private final SigningPair stranger = SigningPair.generate(random);
  private final Ed25519SigningKey gateway = Ed25519SigningKey.generate(random);
  private final AgencyPairSource pairs =
      name -> Map.of(FR, List.of(agency.verifyingPair())).getOrDefault(name, List.of());
  private final CarriedConsentCheck consents =
      new CarriedConsentCheck(
          SG, FEDERATION, pairs, new PeerKeys(FEDERATION, pairs), DemoMembership::demo);

  private byte[] bundle(SigningPair pair) {
    RecipientKeys keys =
        new RecipientKeys(new MemoryKeyHolder(), KeySchedule.DEFAULT, random, clock);
    keys.renew();
    return keys.bundle(
            new AgencyIdentity(FEDERATION, FR, pair),
            List.of(new GatewayKey(GATEWAY, gateway.verifyingKey())))
        .encoded();
  }

  private ConsentStatement statement(AgencyName grantee, String recipient, Ed25519SigningKey key) {
    return ConsentStatement.sign(
        new ConsentStatement.Content(
            StatementFrame.to(FEDERATION, FR, GATEWAY, grantee, NOW.toEpochMilli()),
            MessageId.fresh(NOW.toEpochMilli(), random),
            new ConsentStatement.Terms(
                List.of(MessageId.fresh(NOW.toEpochMilli(), random)),
                List.of(new AgencyName(recipient)),
                List.of(),
                List.of(Purpose.PURPOSE_CUSTOMS_CONTROL_VALUE),
                NOW.plus(Duration.ofDays(7)).toEpochMilli())),
        key);
  }

  private static CarriedConsent carried(ConsentStatement statement, byte[] voucher) {
    return CarriedConsent.newBuilder()
        .setStatement(ByteString.copyFrom(statement.encoded()))
        .setVoucher(ByteString.copyFrom(voucher))
        .build();
  }

  private static Label.Builder label() {
    return Label.newBuilder()
        .setPurpose(Purpose.PURPOSE_CUSTOMS_CONTROL)
        .setCreatedAt(Timestamps.fromMillis(NOW.toEpochMilli()));
  }

  private Optional<Code> code(Label.Builder label, CarriedConsent... carried) {
    Body body = Body.newBuilder().addAllPassedOnUnder(List.of(carried)).build();
    return consents.refusal(DE, label.build(), body).map(Problem::code);
  }

  private CarriedConsent good() {
    return carried(statement(DE, "sg.police", gateway), bundle(agency));
  }

  @Test
  void consent_ofAnAgencyThatIsKnownFromTheTrustBundleAlone_holds_andIsShown() {
    CarriedConsent good = good();
    assertEquals(Optional.empty(), code(label(), good));
    GivenConsent shown = GivenConsents.of(Body.newBuilder().addPassedOnUnder(good).build()).get(0);
    assertEquals("fr.customs", shown.getOriginator());
    assertEquals(List.of(Purpose.PURPOSE_CUSTOMS_CONTROL), shown.getPurposesList());
    assertEquals(
        NOW.plus(Duration.ofDays(7)).toEpochMilli(), Timestamps.toMillis(shown.getUntil()));
    assertEquals(NOW.toEpochMilli(), Timestamps.toMillis(shown.getGivenAt()));
  }

  @Test
  void consent_thatIsForged_isRefused() {
    Ed25519SigningKey other = Ed25519SigningKey.generate(random);
    byte[] bundle = bundle(agency);
    assertEquals(
        Optional.of(Code.BAD_SIGNATURE),
        code(label(), carried(statement(DE, "sg.police", other), bundle)));
    byte[] bytes = statement(DE, "sg.police", gateway).encoded();
    bytes[bytes.length - 1] ^= 1;
    CarriedConsent.Builder changed = good().toBuilder().setStatement(ByteString.copyFrom(bytes));
    assertEquals(Optional.of(Code.BAD_SIGNATURE), code(label(), changed.build()));
  }

  @Test
  void consent_withoutAVoucherOfTheOriginatorsAgency_isRefused() {
    assertEquals(
        Optional.of(Code.BAD_SIGNATURE), code(label(), good().toBuilder().clearVoucher().build()));
    assertEquals(
        Optional.of(Code.BAD_SIGNATURE),
        code(label(), carried(statement(DE, "sg.police", gateway), bundle(stranger))));
    assertEquals(
        Optional.of(Code.BAD_SIGNATURE),
        code(label(), good().toBuilder().setAnnouncement(true).build()));
  }

  @Test
  void consent_forAnotherRecipient_orToAnotherAgency_isRefused_alsoBesideOneThatHolds() {
    byte[] bundle = bundle(agency);
    assertEquals(
        Optional.of(Code.CONSENT_REQUIRED),
        code(label(), good(), carried(statement(DE, "us.cbp", gateway), bundle)));
    assertEquals(
        Optional.of(Code.CONSENT_REQUIRED),
        code(label(), carried(statement(SG, "sg.police", gateway), bundle)));
  }

  @Test
  void consent_forAnotherPurpose_orThatHadEnded_isRefused() {
    assertEquals(
        Optional.of(Code.CONSENT_REQUIRED),
        code(label().setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY), good()));
    assertEquals(
        Optional.of(Code.CONSENT_REQUIRED),
        code(
            label()
                .setCreatedAt(Timestamps.fromMillis(NOW.plus(Duration.ofDays(7)).toEpochMilli())),
            good()));
  }

  @Test
  void whatIsNoConsent_isRefused_andNoneAtAllIsNobodysMatter() {
    CarriedConsent empty = CarriedConsent.getDefaultInstance();
    assertEquals(Optional.of(Code.MALFORMED), code(label(), good(), empty));
    assertEquals(Optional.empty(), code(label()));
  }
}
