package org.entente.gateway.testkit;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.entente.gateway.consent.ConsentParts;
import org.entente.gateway.consent.ConsentRecords;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.HmacSha256;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.intake.Charging;
import org.entente.gateway.intake.Convening;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeLimits;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.OpenWithin;
import org.entente.gateway.intake.Recalling;
import org.entente.gateway.intake.Releases;
import org.entente.gateway.intake.Reminding;
import org.entente.gateway.intake.RosterCare;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.AtRest;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.operation.Rosters;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.seal.Sealer;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.Outbound;
import org.entente.gateway.transmit.Routes;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.proto.v1.Label;

/** The intake of {@code fr.customs} with all that stands behind it, over a ledger of a test. */
public final class IntakeKit implements AutoCloseable {
  /** Whose intake it is. */
  public static final AgencyName SELF = new AgencyName("fr.customs");

  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");

  /** How long a message is held. */
  public static final Duration HELD = Duration.ofDays(3);

  private final ExecutorService sealer = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final Intake intake;
  private volatile IntakeParts.Received received = id -> Optional.empty();
  private volatile IntakeParts.Granted granted = id -> List.of();
  private final ConsentParts consent;
  private final Releases releases;
  private final Recalling recalling;
  private final Rosters rosters;
  private final Convening convening;
  private final RosterCare rosterCare;
  private final Charging charging;
  private final Reminding reminding;
  private final Meters meters = new Meters();

  /**
   * An intake that has started.
   *
   * @param outboxKey what a restarted node has again
   * @param mostHeld messages that may wait for a second person
   */
  public IntakeKit(
      Ledger ledger,
      AtRest atRest,
      Supplier<Policy> policy,
      InstantSource clock,
      SecretBytes outboxKey,
      int mostHeld) {
    this(
        ledger,
        atRest,
        policy,
        clock,
        outboxKey,
        new IntakeParts.Holding(mostHeld, HELD, /* sameClient= */ false),
        new IntakeLimits(1_000, 64 << 20, 1_000, 64 << 20));
  }

  /** The same with bounds and limits of its own. */
  public IntakeKit(
      Ledger ledger,
      AtRest atRest,
      Supplier<Policy> policy,
      InstantSource clock,
      SecretBytes outboxKey,
      IntakeParts.Holding holding,
      IntakeLimits limits) {
    SecureRandom random = new SecureRandom();
    Ed25519SigningKey signing = Ed25519SigningKey.generate(random);
    Dispatch dispatch =
        new Dispatch(
            ledger.envelopes(),
            ledger.outbox(),
            ledger.hops(),
            new Routes(Set.of(), agency -> List.of()),
            new WaitingRecipients(),
            agency -> true,
            (peer, lane) -> {});
    Outbound outbound =
        new Outbound(
            new Sealer(SELF, GATEWAY, signing, random, clock),
            new OutboxSeal(random),
            new OneOutboxKey(outboxKey),
            meters,
            64,
            1 << 20);
    rosters = new Rosters(ledger.operations(), atRest);
    IntakeParts parts =
        new IntakeParts(
            SELF,
            ledger,
            dispatch,
            new LabelCheck(MessageLimits.defaults()),
            policy,
            atRest,
            new EvidenceRecords(atRest, SELF),
            draft -> outboxKey.use(key -> HmacSha256.mac(key, draft)),
            holding,
            new OpenWithin(
                Duration.ofMinutes(15),
                Duration.ofHours(8),
                Duration.ofDays(1),
                Duration.ofDays(7)),
            received(),
            id -> granted.about(id),
            rosters,
            (agency, name) -> Optional.empty());
    consent =
        new ConsentParts(
            SELF,
            ledger,
            dispatch,
            outbound,
            parts.evidence(),
            new ConsentRecords(atRest),
            parts.check(),
            policy,
            id -> received.label(id),
            new ConsentParts.Signer(FEDERATION, GATEWAY, signing),
            clock,
            random);
    intake = new Intake(parts, outbound, clock, random, meters, limits, sealer, Timers.of(timers));
    releases = new Releases(parts, intake, clock, clock, meters);
    recalling = new Recalling(parts, intake, clock, random);
    convening =
        new Convening(
            parts,
            intake,
            new Convening.Signer(
                new FederationName("test.example"),
                new NodeName("gateway-1"),
                Ed25519SigningKey.generate(random)),
            clock,
            random);
    rosterCare = new RosterCare(parts, intake, clock, random);
    charging = new Charging(parts, intake, clock, random);
    reminding = new Reminding(parts, intake, clock, random);
    intake.start();
  }

  /** What the test says now, not when the intake was made. */
  private IntakeParts.Received received() {
    return new IntakeParts.Received() {
      @Override
      public Optional<Label> label(MessageId id) {
        return received.label(id);
      }

      @Override
      public boolean isRestricted(MessageId id) {
        return received.isRestricted(id);
      }
    };
  }

  /** Has this agency received something that drafts may pass on. */
  public void receives(IntakeParts.Received messages) {
    received = messages;
  }

  /** Has originators consent to passing it on. */
  public void isGranted(IntakeParts.Granted grants) {
    granted = grants;
  }

  /** What asking for consent and consenting work with. */
  public ConsentParts consent() {
    return consent;
  }

  /** Takes drafts. */
  public Intake intake() {
    return intake;
  }

  /** What taking drafts counts. */
  public Meters meters() {
    return meters;
  }

  /** Takes messages back. */
  public Recalling recalling() {
    return recalling;
  }

  /** Rosters of joint operations. */
  public Rosters rosters() {
    return rosters;
  }

  /** Looks after rosters of a ledger that was set back. */
  public RosterCare rosterCare() {
    return rosterCare;
  }

  /** Joint operations that this agency leads. */
  public Convening convening() {
    return convening;
  }

  /** Reminds of what was asked. */
  public Reminding reminding() {
    return reminding;
  }

  /** Takes in charge what was received. */
  public Charging charging() {
    return charging;
  }

  /** Decides on what is held. */
  public Releases releases() {
    return releases;
  }

  @Override
  public void close() {
    intake.close();
    sealer.shutdown();
    timers.shutdownNow();
  }
}
