package org.entente.gateway.witness;

import com.google.protobuf.ByteString;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.BiPredicate;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.audit.AuditLog;
import org.entente.gateway.audit.record.LeafOpener;
import org.entente.gateway.audit.tree.AddCheckpointRequest;
import org.entente.gateway.audit.tree.CheckpointCheck;
import org.entente.gateway.audit.tree.Cosignature;
import org.entente.gateway.audit.tree.FormerLog;
import org.entente.gateway.audit.tree.LogOrigin;
import org.entente.gateway.audit.tree.WitnessKeys;
import org.entente.gateway.crypto.VerifyingPair;
import org.entente.gateway.meter.LogRateLimit;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.note.Checkpoint;
import org.entente.gateway.note.SignedNote;
import org.entente.gateway.note.TreeHash;
import org.entente.gateway.trust.AgencyKey;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.link.v1.ConsistencyProof;
import org.entente.proto.link.v1.LeafOpening;
import org.entente.proto.link.v1.WitnessAnswer;
import org.entente.proto.link.v1.WitnessRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Collects cosignatures of the federation's witnesses for the checkpoints of this gateway's audit
 * log.
 *
 * <p>After a start, it first asks each witness for its latest checkpoint of the log; until all have
 * answered, or a bounded time has passed, {@link #maySign} is false. If a witness holds a
 * checkpoint that the log does not continue, the log's own signature proves the fault: {@link
 * #maySign} stays false, and an operator must open a new log. Then, in each round, the last signed
 * checkpoint goes to every witness with a consistency proof from the witness's checkpoint. The
 * checkpoint with its cosignatures is kept ({@link AuditLog#keepCosigned}) once the quorum is met.
 * Leaves are durable and acknowledged independently of witnesses, and a witness that returns is
 * included again automatically.
 *
 * <p>Only signed statements are believed. An attacker on the path can delay answers, but cannot
 * make a log look rolled back. Safe for many threads.
 */
public final class CosignatureCollector {
  private static final Logger LOG = LoggerFactory.getLogger(CosignatureCollector.class);
  private static final Duration ASK_AGAIN = Duration.ofSeconds(2);
  private static final Duration PATIENCE = Duration.ofSeconds(10);
  private static final Duration OVERDUE = Duration.ofSeconds(30);

  /** How much the time of a cosignature may differ from this clock. */
  static final Duration CLOCKS_DIFFER = Duration.ofHours(1);

  private static final String VALID =
      "valid is one of both its keys, at a time at which the trust bundle lists them and at most an"
          + " hour from this clock: check the clocks of both gateways and the witness's audit keys";

  private final AuditLog log;
  private final Parts parts;
  private final Settings settings;
  private final Instant started;
  private final LogAdmissions admissions;
  private final Map<AgencyName, WitnessView> views = new TreeMap<>();
  private final Map<AgencyName, Cosignature> gathered = new TreeMap<>();
  private final LogRateLimit wrongs;
  private CheckpointCheck.@Nullable Signed target;
  private @Nullable Instant targetSince;
  private @Nullable String contradiction;
  private @Nullable String doubt;

  /**
   * Bounds.
   *
   * @param quorum how many witnesses must keep up; 0: the majority of those in the trust bundle
   * @param startWait how long signing waits after a start for witnesses that do not answer
   * @param every least time between two checkpoints for which witnesses are asked
   */
  public record Settings(int quorum, Duration startWait, Duration every) {}

  /**
   * The parts that it uses.
   *
   * @param send sends a request to a witness, best effort; false where there is no way now
   * @param alarm tells an operator, once, of what the log is convicted of
   * @param opener opens the log's own leaves
   * @param admit has a leaf written that names an earlier log with what a witness holds of it
   */
  public record Parts(
      AgencyName self,
      Supplier<TrustBundle> bundle,
      BiPredicate<AgencyName, WitnessRequest> send,
      BiConsumer<Code, String> alarm,
      InstantSource clock,
      LeafOpener opener,
      Consumer<FormerLog> admit) {}

  /** Creates the collector of an open log. */
  public CosignatureCollector(AuditLog log, Parts parts, Settings settings) {
    this.log = log;
    this.parts = parts;
    this.settings = settings;
    this.started = parts.clock().instant();
    this.wrongs = new LogRateLimit(parts.clock(), CLOCKS_DIFFER);
    this.admissions = new LogAdmissions(log, parts.opener(), parts.admit(), parts.clock());
  }

  /** Whether the log may be signed now. */
  public synchronized boolean maySign() {
    refresh();
    boolean heard = views.values().stream().allMatch(view -> view.heard);
    return contradiction == null
        && (heard || passed(started, parts.clock().instant(), settings.startWait()));
  }

  /**
   * Waits until signing is decided: witnesses have answered, the wait has passed, or a
   * contradiction is proven. Takes at most about the configured wait.
   */
  public synchronized boolean awaitDecision() throws InterruptedException {
    long end = System.nanoTime() + settings.startWait().toNanos();
    long left = settings.startWait().toNanos();
    while (!maySign() && contradiction == null && left > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, left);
      left = end - System.nanoTime();
    }
    return maySign();
  }

  /** The contradiction proven by a witness; empty if there is none. */
  public synchronized Optional<String> contradiction() {
    return Optional.ofNullable(contradiction);
  }

  /**
   * A contradiction that was signed with a pair which the roots have removed; empty if none was
   * shown. Either the log was set back, or the pair was stolen: a person has to tell which.
   */
  public synchronized Optional<String> doubt() {
    return Optional.ofNullable(doubt);
  }

  /** The number of witnesses that cosign in time. */
  public synchronized int keepingUp() {
    Instant now = parts.clock().instant();
    return (int) views.values().stream().filter(view -> keepsUp(view, now)).count();
  }

  /** How many must: as configured, or the majority. */
  public synchronized int quorum() {
    if (settings.quorum() > 0) {
      return settings.quorum();
    }
    refresh();
    return views.isEmpty() ? 0 : views.size() / 2 + 1;
  }

  /**
   * The status of one witness, for metrics.
   *
   * @param cosignedSize leaves under the last checkpoint that it cosigned; 0 for none yet
   * @param cosignedSeconds POSIX time of that cosignature; 0 for none yet
   */
  public record Status(
      AgencyName witness, boolean keepsUp, long cosignedSize, long cosignedSeconds) {}

  /** The witnesses of the bundle in force. */
  public synchronized List<Status> status() {
    refresh();
    Instant now = parts.clock().instant();
    List<Status> out = new ArrayList<>();
    views.forEach(
        (agency, view) ->
            out.add(
                new Status(agency, keepsUp(view, now), view.cosignedSize, view.cosignedSeconds)));
    return out;
  }

  private static boolean keepsUp(WitnessView view, Instant now) {
    Instant since = view.behindSince;
    return view.cosignedSize > 0 && (since == null || !passed(since, now, OVERDUE));
  }

  private void refresh() {
    TrustBundle bundle = parts.bundle().get();
    Set<AgencyName> witnesses = bundle.having(AgencyRole.WITNESS);
    views.keySet().removeIf(agency -> !witnesses.contains(agency));
    for (AgencyName agency : witnesses) {
      if (!agency.equals(parts.self())) {
        views.computeIfAbsent(agency, a -> new WitnessView());
      }
    }
  }

  /** Sends the requests that are due. */
  public synchronized void round() {
    refresh();
    Instant now = parts.clock().instant();
    views.forEach((agency, view) -> askLatest(agency, view, now));
    if (contradiction == null) {
      chooseTarget(now);
      views.forEach((agency, view) -> askCosignature(agency, view, now));
    }
    if (passed(started, now, settings.startWait())) {
      notifyAll();
    }
  }

  private void askLatest(AgencyName agency, WitnessView view, Instant now) {
    Instant asked = view.asked;
    if (!view.heard && (asked == null || passed(asked, now, ASK_AGAIN))) {
      view.asked = now;
      ask(agency, WitnessRequest.newBuilder().setOrigin(log.origin().line()));
    }
  }

  private boolean ask(AgencyName agency, WitnessRequest.Builder request) {
    return parts.send().test(agency, request.build());
  }

  /** Chooses the next checkpoint once all responsive witnesses have answered about the last. */
  private void chooseTarget(Instant now) {
    CheckpointCheck.Signed latest = log.signed().orElse(null);
    CheckpointCheck.Signed before = target;
    Instant since = targetSince;
    if (latest == null) {
      return;
    }
    boolean next =
        before == null
            || since == null
            || (latest.checkpoint().size() > before.checkpoint().size()
                && passed(since, now, settings.every())
                && (isDone(before, now) || passed(since, now, PATIENCE)));
    if (next) {
      target = latest;
      targetSince = now;
      gathered.clear();
    }
    views.values().stream()
        .filter(view -> view.cosignedSize < latest.checkpoint().size() && view.behindSince == null)
        .forEach(view -> view.behindSince = now);
  }

  /** A witness that answers and does not cosign has answered, else it would slow all the others. */
  private boolean isDone(CheckpointCheck.Signed checkpoint, Instant now) {
    long size = checkpoint.checkpoint().size();
    return views.values().stream()
        .allMatch(
            view ->
                view.silent
                    || !view.heard
                    || isLater(view, now)
                    || Math.max(view.cosignedSize, view.answeredSize) >= size);
  }

  /** A clock set back must not stop cosigning until it has caught up. */
  private static boolean isLater(WitnessView view, Instant now) {
    Instant notBefore = view.notBefore;
    return notBefore != null && now.isBefore(notBefore) && !notBefore.isAfter(now.plus(PATIENCE));
  }

  private void askCosignature(AgencyName agency, WitnessView view, Instant now) {
    CheckpointCheck.Signed wanted = target;
    Instant asked = view.asked;
    if (wanted == null
        || !view.heard
        || isLater(view, now)
        || view.cosignedSize >= wanted.checkpoint().size()) {
      return;
    }
    if (asked != null && !passed(asked, now, PATIENCE)) {
      return;
    }
    view.silent = asked != null;
    long size = wanted.checkpoint().size();
    Optional<AddCheckpointRequest> request = request(view.knownSize, wanted);
    Optional<List<LeafOpening>> openings = openings(agency, view, size);
    Optional<List<ConsistencyProof>> connections = connections(view.reported, size);
    if (request.isPresent() && openings.isPresent() && connections.isPresent()) {
      view.asked = now;
      view.askedSize = size;
      ask(
          agency,
          WitnessRequest.newBuilder()
              .setOrigin(log.origin().line())
              .setAddCheckpoint(ByteString.copyFrom(request.get().encode()))
              .addAllOpenings(openings.get())
              .addAllConnections(connections.get()));
    }
  }

  private Optional<List<LeafOpening>> openings(AgencyName agency, WitnessView view, long size) {
    List<Checkpoint> formers = new ArrayList<>();
    view.reported.stream().filter(one -> !isOfThisLog(one)).forEach(formers::add);
    Checkpoint former = view.former;
    if (view.knownSize == 0 && former != null) {
      formers.add(former);
    }
    return view.knownSize == 0 || !formers.isEmpty()
        ? admissions.openings(agency, formers, size)
        : Optional.of(List.of());
  }

  private boolean isOfThisLog(Checkpoint checkpoint) {
    return checkpoint.origin().equals(log.origin().line());
  }

  /** Proofs that what other witnesses hold is of one history with a size. */
  private Optional<List<ConsistencyProof>> connections(List<Checkpoint> reported, long size) {
    List<ConsistencyProof> out = new ArrayList<>();
    for (Checkpoint one : reported) {
      long smaller = Math.min(one.size(), size);
      if (isOfThisLog(one) && smaller > 0 && one.size() != size) {
        Optional<List<TreeHash>> proof = log.proveConsistency(smaller, Math.max(one.size(), size));
        if (proof.isEmpty()) {
          return Optional.empty();
        }
        ConsistencyProof.Builder wire = ConsistencyProof.newBuilder().setSize(one.size());
        proof.get().forEach(hash -> wire.addHashes(ByteString.copyFrom(hash.bytes())));
        out.add(wire.build());
      }
    }
    return Optional.of(out);
  }

  private Optional<AddCheckpointRequest> request(long known, CheckpointCheck.Signed wanted) {
    long size = wanted.checkpoint().size();
    if (known > size) {
      // It cosigned a later checkpoint before this gateway's last restart: no request is needed
      // yet.
      return Optional.empty();
    }
    Optional<List<TreeHash>> proof =
        known == 0 || known == size ? Optional.of(List.of()) : log.proveConsistency(known, size);
    return proof.map(hashes -> new AddCheckpointRequest(known, hashes, wanted.note()));
  }

  /** Handles an answer attributed to a witness. */
  public synchronized void answered(AgencyName from, WitnessAnswer answer) {
    WitnessView view = views.get(from);
    Optional<LogOrigin> origin = LogOrigin.parse(answer.getOrigin());
    if (view == null || !origin.equals(Optional.of(log.origin()))) {
      return;
    }
    Instant now = parts.clock().instant();
    if (view.asked != null) {
      view.answeredSize = view.askedSize;
    }
    view.asked = null;
    view.silent = false;
    view.notBefore = null;
    if (!answer.getLatest().isEmpty()) {
      hold(from, view, answer.getLatest().toByteArray());
    }
    view.reported =
        answer.getReportedList().stream()
            .limit(ReportedCheckpoints.MOST_SHOWN)
            .flatMap(note -> continued(from, note.toByteArray()).stream())
            .toList();
    if (answer.getStatus() == WitnessRules.OK && answer.getSize() > 0) {
      cosigned(from, view, answer);
    } else if (answer.getStatus() != WitnessRules.OK
        && answer.getStatus() != WitnessRules.CONFLICT) {
      view.notBefore = now.plus(PATIENCE);
    }
    view.heard = true;
    notifyAll();
  }

  /** Handles the latest checkpoint that a witness holds. */
  private void hold(AgencyName witness, WitnessView view, byte[] note) {
    Optional<Checkpoint> held = continued(witness, note);
    if (held.isPresent() && isOfThisLog(held.get())) {
      view.former = null;
      view.knownSize = held.get().size();
    } else if (held.isPresent()) {
      view.knownSize = 0;
      view.former = held.get();
    }
  }

  /**
   * A checkpoint held by a witness, which counts because this gateway's own keys signed it; empty
   * if they did not, or if it contradicts this log. That convicts the log only if a pair still in
   * use signed it: whoever has stolen a pair that the roots have removed could halt the gateway
   * with the help of a witness. Otherwise it is a doubt, which {@link #doubt} tells.
   */
  private Optional<Checkpoint> continued(AgencyName witness, byte[] note) {
    Optional<LogOrigin> origin =
        SignedNote.parse(note)
            .asNote()
            .flatMap(parsed -> Checkpoint.parse(parsed.text()))
            .flatMap(checkpoint -> LogOrigin.parse(checkpoint.origin()))
            .filter(log.origin()::sameGateway);
    if (origin.isEmpty()
        || !(log.verifier().of(origin.get()).check(note)
            instanceof CheckpointCheck.Signed signed)) {
      return Optional.empty();
    }
    Checkpoint held = signed.checkpoint();
    int number = origin.get().number();
    int own = log.origin().number();
    if (number < own) {
      return Optional.of(held);
    }
    Optional<String> wrong =
        number > own
            ? Optional.of("a witness holds a checkpoint of the later log " + held.origin())
            : log.contradiction(held);
    if (wrong.isEmpty()) {
      return Optional.of(held);
    }
    if (isOfPairInUse(origin.get(), note)) {
      boolean behind = number > own || held.size() > log.head().size();
      convict(behind ? Code.AUDIT_LOG_BEHIND : Code.AUDIT_LOG_FORKED, wrong.get(), signed.note());
    } else if (doubt == null) {
      doubt = witness + ": " + wrong.get();
      LOG.warn("a removed pair signed what contradicts the audit log: {}", doubt);
    }
    return Optional.empty();
  }

  /** Whether the roots list a pair that signed it, or the last own checkpoint has the same. */
  private boolean isOfPairInUse(LogOrigin origin, byte[] note) {
    Set<VerifyingPair> inUse = new HashSet<>();
    parts
        .bundle()
        .get()
        .agency(parts.self())
        .ifPresent(member -> member.audit().forEach(key -> inUse.add(key.pair())));
    log.signed().ifPresent(last -> inUse.addAll(log.verifier().signers(last.note().encode())));
    return log.verifier().of(origin).signers(note).stream().anyMatch(inUse::contains);
  }

  private void convict(Code code, String why, SignedNote held) {
    if (contradiction == null) {
      contradiction = why;
      keep(held);
      parts.alarm().accept(code, why);
    }
  }

  /**
   * Stores the checkpoint for the operator's next step. A disk failure must not delay the alarm.
   */
  private void keep(SignedNote held) {
    try {
      log.keepWitnessed(held);
    } catch (UncheckedIOException e) {
      LOG.error("cannot store the audit log's checkpoint held by a witness: {}", e.getMessage());
    }
  }

  private void cosigned(AgencyName from, WitnessView view, WitnessAnswer answer) {
    CheckpointCheck.Signed wanted = target;
    if (wanted == null || wanted.checkpoint().size() != answer.getSize()) {
      return;
    }
    Optional<Cosignature> cosignature =
        WitnessKeys.under(wanted.note(), answer.getCosignatures().toByteArray())
            .flatMap(note -> keys(from).find(note))
            .filter(this::isOfNow);
    if (cosignature.isEmpty()) {
      view.notBefore = parts.clock().instant().plus(PATIENCE);
      wrongs
          .line(from.value(), "a cosignature of witness " + from + " does not count; " + VALID)
          .ifPresent(LOG::warn);
      return;
    }
    view.knownSize = answer.getSize();
    view.cosignedSize = answer.getSize();
    view.cosignedSeconds = cosignature.get().seconds();
    view.behindSince = null;
    gathered.put(from, cosignature.get());
    if (gathered.size() >= Math.max(1, quorum())) {
      SignedNote note = wanted.note();
      for (Cosignature one : gathered.values()) {
        note = note.with(one.lines());
      }
      log.keepCosigned(note);
    }
  }

  /** Whether both clocks agree about when it was made. */
  private boolean isOfNow(Cosignature cosignature) {
    Instant made = Instant.ofEpochSecond(cosignature.seconds());
    return Duration.between(made, parts.clock().instant()).abs().compareTo(CLOCKS_DIFFER) <= 0;
  }

  private WitnessKeys keys(AgencyName witness) {
    TrustBundle bundle = parts.bundle().get();
    Instant now = parts.clock().instant();
    List<AgencyKey> listed = bundle.agency(witness).map(Member::audit).orElse(List.of());
    return WitnessKeys.of(
        bundle.federation(), witness, listed.stream().filter(key -> key.validAt(now)).toList());
  }

  /** Whether this time has passed; also true if the clock was set back before the start. */
  private static boolean passed(Instant since, Instant now, Duration time) {
    return now.isBefore(since) || !now.isBefore(since.plus(time));
  }
}
