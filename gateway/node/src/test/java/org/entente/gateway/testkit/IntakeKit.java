package org.entente.gateway.testkit;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.function.Supplier;
import org.entente.gateway.account.AccountLimits;
import org.entente.gateway.account.Accounts;
import org.entente.gateway.account.Holding;
import org.entente.gateway.batch.Sealer;
import org.entente.gateway.crypto.Ed25519SigningKey;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.feature.GatewayParts;
import org.entente.gateway.feature.assignment.Assignments;
import org.entente.gateway.feature.consent.ConsentParts;
import org.entente.gateway.feature.consent.ConsentRecords;
import org.entente.gateway.feature.operation.OperationDrafts;
import org.entente.gateway.feature.operation.OperationLead;
import org.entente.gateway.feature.operation.OperationTable;
import org.entente.gateway.feature.operation.RosterConfirmation;
import org.entente.gateway.feature.operation.RosterRecords;
import org.entente.gateway.feature.operation.RosterRecovery;
import org.entente.gateway.feature.release.HeldDraftTable;
import org.entente.gateway.feature.release.HeldDrafts;
import org.entente.gateway.feature.release.ReleaseDecisions;
import org.entente.gateway.feature.request.RequestReminders;
import org.entente.gateway.feature.request.RequestShares;
import org.entente.gateway.feature.request.RequestTable;
import org.entente.gateway.feature.request.ResponseCorrelation;
import org.entente.gateway.feature.request.ResponseDeadlines;
import org.entente.gateway.intake.DraftHook;
import org.entente.gateway.intake.DraftHooks;
import org.entente.gateway.intake.GatewayMessageSender;
import org.entente.gateway.intake.Intake;
import org.entente.gateway.intake.IntakeLimits;
import org.entente.gateway.intake.IntakeParts;
import org.entente.gateway.intake.MessageRecall;
import org.entente.gateway.intake.OpeningDeadlines;
import org.entente.gateway.intake.OutcomeKey;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.commit.Transaction;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.ledger.table.EvidenceRecords;
import org.entente.gateway.link.Timers;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.seal.OutboxSeal;
import org.entente.gateway.trace.MessageTracer;
import org.entente.gateway.transmit.Dispatch;
import org.entente.gateway.transmit.OutboundSealer;
import org.entente.gateway.transmit.RoutingTable;
import org.entente.gateway.transmit.WaitingRecipients;
import org.entente.proto.v1.Label;

/** The intake of {@code fr.customs} with all that stands behind it, over a ledger of a test. */
public final class IntakeKit implements AutoCloseable {
  /** Whose intake it is. */
  public static final AgencyName SELF = new AgencyName("fr.customs");

  private static final FederationName FEDERATION = new FederationName("test.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");

  /** Open requests that another agency takes of this one. */
  public static final int OPEN_REQUESTS = 40;

  /** Open operations that another agency takes of this one. */
  public static final int OPEN_OPERATIONS = 100;

  /** How long a message is held. */
  public static final Duration HELD = Duration.ofDays(3);

  private volatile long heldUntil;
  private final ExecutorService sealer = Executors.newSingleThreadExecutor();
  private final ScheduledExecutorService timers = Executors.newSingleThreadScheduledExecutor();
  private final Intake intake;
  private final IntakeParts parts;
  private volatile IntakeParts.ReceivedMessages received = id -> Optional.empty();
  private volatile IntakeParts.ConsentLookup granted = id -> List.of();
  private final ConsentParts consent;
  private final HeldDrafts held;
  private final ReleaseDecisions releases;
  private final MessageRecall recalling;
  private final RosterRecords rosters;
  private final OperationLead convening;
  private final RosterRecovery rosterCare;
  private final Assignments charging;
  private final RequestReminders reminding;
  private final Meters meters = new Meters();

  /**
   * An intake that has started.
   *
   * @param outboxKey what a restarted node has again
   * @param mostHeld messages that may wait for a second person
   */
  public IntakeKit(
      Ledger ledger,
      RecordSeal atRest,
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
        new HeldDrafts.Limits(mostHeld, mostHeld, 1 << 20, HELD, /* sameClient= */ false),
        limits(1_000, 64 << 20));
  }

  /** Limits on drafts on their way, the same for one client as for all. */
  public static IntakeLimits limits(int drafts, long bytes) {
    return limits(drafts, bytes, drafts, bytes);
  }

  /** Limits on drafts on their way, of all clients and of one. */
  public static IntakeLimits limits(int drafts, long bytes, int draftsOfOne, long bytesOfOne) {
    return new IntakeLimits(
        drafts,
        new Accounts(
            Map.of(
                Holding.DRAFTS,
                AccountLimits.Limit.ofOne(draftsOfOne),
                Holding.DRAFT_BYTES,
                new AccountLimits.Limit(bytesOfOne, bytes, 0)),
            Map.of(),
            System::nanoTime));
  }

  /** The same with bounds and limits of its own. */
  public IntakeKit(
      Ledger ledger,
      RecordSeal atRest,
      Supplier<Policy> policy,
      InstantSource clock,
      SecretBytes outboxKey,
      HeldDrafts.Limits holding,
      IntakeLimits limits) {
    SecureRandom random = new SecureRandom();
    Ed25519SigningKey signing = Ed25519SigningKey.generate(random);
    RoutingTable routes = new RoutingTable(Set.of(), agency -> List.of(), (peer, lane) -> true);
    Dispatch dispatch =
        new Dispatch(
            ledger.envelopes(),
            ledger.outbox(),
            ledger.hops(),
            routes,
            new WaitingRecipients(),
            agency -> true,
            (peer, lane) -> {});
    OutboundSealer outbound =
        new OutboundSealer(
            new Sealer(SELF, GATEWAY, signing, random, clock),
            new OutboxSeal(random),
            new OneOutboxKey(outboxKey),
            meters,
            64,
            1 << 20);
    rosters = new RosterRecords(OperationTable.of(ledger), atRest, OPEN_OPERATIONS);
    held = new HeldDrafts(ledger, atRest, holding);
    parts =
        new IntakeParts(
            SELF,
            ledger,
            dispatch,
            new IntakeParts.Rules(
                new LabelCheck(MessageLimits.defaults()), policy, hooks(ledger, atRest, clock)),
            new IntakeParts.Records(
                atRest,
                new EvidenceRecords(atRest, SELF),
                OutcomeKey.Fingerprint.hmac(outboxKey, new byte[0]),
                clock),
            new OpeningDeadlines(
                Duration.ofMinutes(15),
                Duration.ofHours(8),
                Duration.ofDays(1),
                Duration.ofDays(7)),
            new IntakeParts.Sources(received(), id -> granted.about(id)));
    consent =
        new ConsentParts(
            new GatewayParts.Identity(FEDERATION, SELF, GATEWAY, signing),
            new ConsentParts.Sending(
                ledger,
                new GatewayParts.Outgoing(dispatch, outbound, routes),
                parts.records().evidence()),
            new ConsentRecords(atRest),
            parts.rules().check(),
            policy,
            clock,
            random);
    intake = new Intake(parts, outbound, clock, random, meters, limits, sealer, Timers.of(timers));
    releases = new ReleaseDecisions(parts, intake, held, clock, meters);
    recalling = new MessageRecall(parts, intake, clock, random);
    GatewayMessageSender rosterSender = new GatewayMessageSender(parts, intake, "roster/");
    RosterConfirmation confirmation =
        new RosterConfirmation(SELF, ledger.evidence(), parts.records().evidence());
    convening =
        new OperationLead(
            parts,
            rosters,
            confirmation,
            rosterSender,
            new GatewayParts.Identity(
                FEDERATION, SELF, GATEWAY, Ed25519SigningKey.generate(random)),
            clock,
            random);
    rosterCare = new RosterRecovery(parts, rosters, confirmation, rosterSender, clock, random);
    charging = new Assignments(parts, intake, clock, random);
    reminding = new RequestReminders(parts, intake, clock, random);
    intake.start();
  }

  /** Until when the last held draft may be released, as hooks are told; 0 before the first. */
  public long heldUntil() {
    return heldUntil;
  }

  private DraftHooks hooks(Ledger ledger, RecordSeal atRest, InstantSource clock) {
    return new DraftHooks(
        List.of(
            new ResponseCorrelation(
                ledger,
                new EvidenceRecords(atRest, SELF),
                new ResponseDeadlines(RequestTable.of(ledger), meters, OPEN_REQUESTS),
                new RequestShares(ledger, OPEN_REQUESTS),
                received(),
                (agency, name) -> Optional.empty(),
                clock),
            new OperationDrafts(SELF, rosters, OperationTable.of(ledger), atRest),
            new DraftHook() {
              @Override
              public void held(Transaction tx, Label label, long untilMillis) {
                heldUntil = untilMillis;
              }
            }),
        Optional.of(held),
        MessageTracer.OFF);
  }

  /** What the test says now, not when the intake was made. */
  private IntakeParts.ReceivedMessages received() {
    return new IntakeParts.ReceivedMessages() {
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
  public void receives(IntakeParts.ReceivedMessages messages) {
    received = messages;
  }

  /** Has originators consent to passing it on. */
  public void isGranted(IntakeParts.ConsentLookup grants) {
    granted = grants;
  }

  /** What asking for consent and consenting work with. */
  public ConsentParts consent() {
    return consent;
  }

  /** Keeps drafts from being sealed until the answer is run. */
  public Runnable pauseSealing() {
    CountDownLatch goOn = new CountDownLatch(1);
    sealer.execute(
        () -> {
          try {
            goOn.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    return goOn::countDown;
  }

  /** Takes drafts. */
  public Intake intake() {
    return intake;
  }

  /** What taking drafts works with. */
  public IntakeParts parts() {
    return parts;
  }

  /** What taking drafts counts. */
  public Meters meters() {
    return meters;
  }

  /** Takes messages back. */
  public MessageRecall recalling() {
    return recalling;
  }

  /** Rosters of joint operations. */
  public RosterRecords rosters() {
    return rosters;
  }

  /** Looks after rosters of a ledger that was set back. */
  public RosterRecovery rosterCare() {
    return rosterCare;
  }

  /** Joint operations that this agency leads. */
  public OperationLead convening() {
    return convening;
  }

  /** Reminds of what was asked. */
  public RequestReminders reminding() {
    return reminding;
  }

  /** Takes in charge what was received. */
  public Assignments charging() {
    return charging;
  }

  /** The table of what is held. */
  public HeldDraftTable held() {
    return held.table();
  }

  /** Decides on what is held. */
  public ReleaseDecisions releases() {
    return releases;
  }

  /** Ends it, and then the ledger that the test gave it. */
  public void closeWithLedger() {
    close();
    parts.ledger().close();
  }

  @Override
  public void close() {
    intake.close();
    sealer.shutdown();
    timers.shutdownNow();
  }
}
