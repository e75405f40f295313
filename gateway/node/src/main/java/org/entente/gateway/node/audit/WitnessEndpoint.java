package org.entente.gateway.node.audit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.CheckpointCosigner;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.Lane;
import org.entente.gateway.receive.NoticeExchange;
import org.entente.gateway.receive.WitnessNotices;
import org.entente.gateway.store.StoreFailure;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.witness.CheckpointGossip;
import org.entente.gateway.witness.CosignatureCollector;
import org.entente.gateway.witness.CosignedCheckpoints;
import org.entente.gateway.witness.Witness;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.entente.proto.link.v1.WitnessedCheckpoints;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The node's witnessing: of other agencies' audit logs, and of its own log by others. Uses notices
 * over the links, which are created later.
 */
public final class WitnessEndpoint implements WitnessNotices {
  private static final Logger LOG = LoggerFactory.getLogger(WitnessEndpoint.class);

  private final AuditLog log;
  private final Witness witness;
  private final CosignatureCollector witnessing;
  private final CheckpointGossip gossip;
  private final Ledger ledger;
  private final Meters meters;
  private final FederationName federation;
  private final AgencyName self;
  private final Executor workers;
  private volatile @Nullable NoticeExchange notices;

  public WitnessEndpoint(
      NodeConfig config,
      AuditLog log,
      LeafOpener opener,
      SigningPair keys,
      Ledger ledger,
      Supplier<TrustBundle> bundle,
      Environment around) {
    this.log = log;
    this.ledger = ledger;
    this.meters = around.meters();
    this.workers = around.workers();
    federation = new FederationName(config.federation());
    self = new AgencyName(config.agency());
    witness =
        new Witness(
            new Witness.Parts(federation, self, ledger, bundle, around.clock(), workers, meters),
            new CosignedCheckpoints(config.audit().resolve("cosigned")),
            new CheckpointCosigner(federation, self, keys));
    NodeConfig.Witnesses settings = config.witnessesInForce();
    witnessing =
        new CosignatureCollector(
            log,
            new CosignatureCollector.Parts(
                self, bundle, this::send, this::convicted, around.clock(), opener, this::admit),
            new CosignatureCollector.Settings(
                settings.quorum(),
                Duration.ofSeconds(settings.waitSeconds()),
                Duration.ofSeconds(settings.everySeconds())));
    gossip = new CheckpointGossip(self, ledger.witness(), bundle, this::tell, around.clock());
    gauges();
  }

  /** The clock, executor and meters used. */
  public record Environment(InstantSource clock, Executor workers, Meters meters) {}

  /** From now on, cosigns with another pair. */
  public void signWith(SigningPair keys) {
    witness.signWith(new CheckpointCosigner(federation, self, keys));
  }

  /** Sets the exchange for notices, once the links exist. */
  public void speakThrough(NoticeExchange through) {
    notices = through;
  }

  public CosignatureCollector witnessing() {
    return witnessing;
  }

  /** {@link Witness#recall}. */
  public void recall() {
    witness.recall();
  }

  /** Tells other witnesses what this one holds. */
  public void gossip() {
    gossip.round();
  }

  private void tell(AgencyName to, WitnessedCheckpoints held) {
    NoticeExchange through = notices;
    if (through != null) {
      through.tell(to, held);
    }
  }

  private boolean send(AgencyName to, WitnessRequest request) {
    NoticeExchange through = notices;
    return through != null && through.ask(to, request);
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // it never fails; the log asks again
  public void asked(AgencyName from, WitnessRequest request) {
    witness.answer(from, request).thenAccept(answer -> answer.ifPresent(a -> reply(from, a)));
  }

  private void reply(AgencyName to, WitnessAnswer answer) {
    NoticeExchange through = notices;
    if (through != null) {
      through.answer(to, answer);
    }
  }

  @Override
  public void answered(AgencyName from, WitnessAnswer answer) {
    try {
      witnessing.answered(from, answer);
    } catch (StoreFailure e) {
      // The disk failed, not the peer: its stream stays open, and readiness reports the failure.
      LOG.warn("cannot store a cosignature of {}: {}", from, e.getMessage());
    }
  }

  @Override
  public void reported(AgencyName from, WitnessedCheckpoints said) {
    try {
      witness.reported(from, said);
    } catch (StoreFailure e) {
      // As above; the other witness repeats it.
      LOG.warn("cannot compare the checkpoints of witness {}: {}", from, e.getMessage());
    }
  }

  /**
   * Handles a witness's proof that this log does not continue a checkpoint it signed. Records it,
   * then acknowledges nothing more: leaves missing from the log are missing from the ledger too.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // the ledger halts whatever the result
  private void convicted(Code code, String why) {
    meters.alarm(code);
    String what = "the audit log contradicts a checkpoint held by a witness: " + why;
    LOG.error("ALARM {}: {}; see `entente audit new-log`", code, what);
    ledger
        .write(
            Lane.FLASH,
            tx -> {
              tx.audit(
                  AuditRecord.of(
                          AuditType.LOG_CONFLICT,
                          LawCategory.NONE,
                          Instant.ofEpochMilli(tx.nowMillis()),
                          AuditActor.gateway(self),
                          AuditSubject.NODE)
                      .refused(code, why));
              return why;
            })
        .whenCompleteAsync((done, failure) -> ledger.halt(what), workers);
  }

  /**
   * A witness holds more of an earlier log than this one's first leaf admits. It cosigns once a
   * leaf says so.
   */
  @SuppressWarnings("FutureReturnValueIgnored") // a failed commit stops the ledger until a start
  private void admit(FormerLog former) {
    LOG.warn("the audit log {}; a leaf of it says so from now on", former.words());
    ledger.write(
        Lane.ROUTINE,
        tx -> {
          tx.audit(
              AuditRecord.of(
                      AuditType.LOG_CONFLICT,
                      LawCategory.NONE,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      AuditActor.gateway(self),
                      AuditSubject.of(former))
                  .refused(Code.AUDIT_LOG_BEHIND, former.words()));
          return former;
        });
  }

  /** What an operator should know although the node works. */
  public List<String> warnings() {
    List<String> warnings = new ArrayList<>();
    int quorum = witnessing.quorum();
    int keepingUp = witnessing.keepingUp();
    if (quorum == 0) {
      warnings.add(
          "audit: no other agency is a witness, so nobody can show that this log was changed;"
              + " the trust bundle should name one");
    } else if (keepingUp < quorum) {
      warnings.add(
          "audit: %d witnesses cosign in time; %d are required".formatted(keepingUp, quorum));
    }
    witnessing
        .doubt()
        .ifPresent(
            why ->
                warnings.add(
                    "audit: a witness shows a checkpoint that this log contradicts, signed with a"
                        + " pair that the roots have removed ("
                        + why
                        + "). If the ledger was restored, open the next log with `entente audit"
                        + " new-log`; otherwise the pair was stolen: tell the roots"));
    return warnings;
  }

  private void gauges() {
    gauge(
        "entente_audit_checkpoint_timestamp_seconds",
        "When the last checkpoint of the audit log was signed; 0 before the first.",
        () -> log.signed().map(signed -> (double) signed.seconds()).orElse(0.0));
    gauge(
        "entente_audit_checkpoint_leaves",
        "Leaves under the last signed checkpoint.",
        () -> size(log.signed()));
    gauge(
        "entente_audit_cosigned_timestamp_seconds",
        "When the last checkpoint cosigned by enough witnesses was signed; 0 for none.",
        () -> log.cosigned().map(signed -> (double) signed.seconds()).orElse(0.0));
    gauge(
        "entente_audit_cosigned_leaves",
        "Leaves under the last checkpoint cosigned by enough witnesses.",
        () -> size(log.cosigned()));
    gauge(
        "entente_audit_witnesses",
        "Witnesses that cosign this gateway's checkpoints in time.",
        () -> (double) witnessing.keepingUp());
    gauge(
        "entente_audit_witness_quorum",
        "Witnesses required to cosign.",
        () -> (double) witnessing.quorum());
    gauge(
        "entente_audit_log_number",
        "Number of the audit log in force, from 1; an operator opens each further one.",
        () -> (double) log.origin().number());
    gauge(
        "entente_audit_log_convicted",
        "Whether a witness holds a checkpoint that the audit log does not continue.",
        () -> witnessing.contradiction().isPresent() ? 1.0 : 0.0);
    meters.gauge(
        "entente_audit_witness_cosigned_leaves",
        "Leaves under the last checkpoint that a witness cosigned since the start.",
        List.of("witness"),
        () ->
            witnessing.status().stream()
                .map(one -> new Sample(List.of(one.witness().value()), one.cosignedSize()))
                .toList());
  }

  private static double size(Optional<CheckpointCheck.Signed> checkpoint) {
    return checkpoint.map(signed -> (double) signed.checkpoint().size()).orElse(0.0);
  }

  private void gauge(String name, String help, Supplier<Double> value) {
    meters.gauge(name, help, List.of(), () -> List.of(Sample.of(value.get())));
  }
}
