package org.entente.gateway.node.files;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.meter.Meters.Sample;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.Lane;
import org.entente.gateway.trust.BundleFault;
import org.entente.gateway.trust.BundleVerdict.Refused;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.MemberKeysExpiry;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustState;
import org.entente.gateway.trust.TrustStore;
import org.entente.gateway.trust.TrustWatch;
import org.entente.gateway.trust.gossip.BundleGossip;
import org.entente.gateway.trust.gossip.BundleGossip.Contradiction;
import org.entente.gateway.trust.gossip.FreshnessBoard;
import org.entente.gateway.trust.gossip.FreshnessWatch;
import org.entente.gateway.trust.gossip.TrustMessage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the node's trust bundle current: looks for a newer one in the configured file and at
 * neighbours, tells neighbours and witnesses which is in force, and reports faults to the operator.
 * The links are created later. Safe for many threads.
 */
public final class TrustBundleMaintenance implements BundleGossip.Events {
  private static final Logger LOG = LoggerFactory.getLogger(TrustBundleMaintenance.class);

  private final AgencyName self;
  private final TrustStore store;
  private final Ledger ledger;
  private final Path evidence;
  private final InstantSource clock;
  private final Meters meters;
  private final Supplier<SigningPair> pair;
  private final FreshnessBoard board;
  private final BundleGossip gossip;
  private final TrustWatch expiryWatch;
  private final FreshnessWatch freshnessWatch;
  private volatile @Nullable Through through;
  private String fileRefused = "";

  /** The parts of the links that are used. */
  private record Through(
      BiFunction<AgencyName, TrustMessage, Boolean> links, Consumer<AgencyName> repeat) {}

  /**
   * Maintains a trust store.
   *
   * @param evidence folder in which proof of two bundles of one version is kept
   * @param pair what a witness's statements are signed with now
   * @param board what witnesses say of the bundle in force
   */
  public TrustBundleMaintenance(
      AgencyName self,
      TrustStore store,
      Ledger ledger,
      Path evidence,
      InstantSource clock,
      Meters meters,
      Supplier<SigningPair> pair,
      FreshnessBoard board) {
    this.board = board;
    this.self = self;
    this.store = store;
    this.ledger = ledger;
    this.evidence = evidence;
    this.clock = clock;
    this.meters = meters;
    this.pair = pair;
    gossip = new BundleGossip(self, store, board, this::say, this, clock);
    expiryWatch = new TrustWatch(store.grace());
    freshnessWatch = new FreshnessWatch();
    store.onChange((old, next) -> gossip.changed());
    gauges();
  }

  /**
   * Sets the links, once they exist.
   *
   * @param links sends a trust message to a neighbour; returns whether its link accepted it
   * @param repeat repeats to a neighbour what it may have had to refuse
   */
  public void speakThrough(
      BiFunction<AgencyName, TrustMessage, Boolean> links, Consumer<AgencyName> repeat) {
    through = new Through(links, repeat);
  }

  private boolean say(AgencyName neighbour, TrustMessage word) {
    Through to = through;
    return to != null && to.links().apply(neighbour, word);
  }

  public void up(AgencyName neighbour) {
    gossip.up(neighbour);
  }

  public void down(AgencyName neighbour) {
    gossip.down(neighbour);
  }

  public void heard(AgencyName neighbour, TrustMessage word) {
    gossip.heard(neighbour, word);
  }

  /** Sends neighbours the messages that are due; called about every second. */
  public void round() {
    gossip.state(pair.get());
    gossip.round();
    Instant now = clock.instant();
    TrustBundle bundle = store.current();
    synchronized (this) {
      expiryWatch.look(bundle, now).ifPresent(word -> log(word.alarm(), word.text()));
      freshnessWatch
          .look(board, bundle, self, now)
          .ifPresent(word -> log(word.alarm(), word.text()));
    }
  }

  private static void log(boolean alarm, String text) {
    if (alarm) {
      LOG.error("ALARM: {}", text);
    } else {
      LOG.info("{}", text);
    }
  }

  /**
   * Checks whether the operator has installed another bundle. A refused one is reported once; an
   * older one is not a fault, since neighbours may have been quicker.
   */
  public synchronized void reload() throws IOException {
    String refused =
        store.reload() instanceof Refused why && why.fault() != BundleFault.ROLLBACK
            ? why.fault() + ": " + why.reason()
            : "";
    if (!refused.isEmpty() && !refused.equals(fileRefused)) {
      LOG.warn("refused the trust bundle in the configured file, {}", refused);
    }
    fileRefused = refused;
  }

  @Override
  public void refused(AgencyName neighbour, String hash, Refused why) {
    meters.trustRefused(why.fault());
    meters.refused(Meters.Side.PEER, why.code());
    LOG.warn(
        "refused a trust bundle from {}, {}: {}; its stated hash is {}",
        neighbour,
        why.fault(),
        why.reason(),
        hash);
  }

  @Override
  public void misspoke(AgencyName neighbour, Code code, String what) {
    meters.refused(Meters.Side.PEER, code);
    LOG.debug("{} sent {}", neighbour, InvalidValue.printable(what));
  }

  @Override
  public void caughtUp(AgencyName neighbour) {
    Through to = through;
    if (to != null) {
      to.repeat().accept(neighbour);
    }
  }

  @Override
  public void failed(IOException why) {
    LOG.error("cannot store a newer trust bundle: {}", why.toString());
  }

  /**
   * Handles two bundles of one version: records them, keeps the evidence and raises an alarm. The
   * bundle in force stays.
   */
  @Override
  @SuppressWarnings("FutureReturnValueIgnored") // a ledger that fails says so by itself
  public void contradicted(Contradiction found) {
    String what =
        "two trust bundles of version %d exist: here %s is in force, %s has %s"
            .formatted(found.version(), store.current().hash(), found.from(), found.hash());
    meters.alarm(Code.SEQUENCE_CONFLICT);
    LOG.error("ALARM {}: {}; tell the root holders", Code.SEQUENCE_CONFLICT, what);
    keep(found);
    ledger.write(
        Lane.FLASH,
        tx -> {
          tx.audit(
              AuditRecord.of(
                      AuditType.TRUST_CONFLICT,
                      LawCategory.NONE,
                      Instant.ofEpochMilli(tx.nowMillis()),
                      AuditActor.gateway(found.from()),
                      AuditSubject.NODE)
                  .refused(Code.SEQUENCE_CONFLICT, what));
          return what;
        });
  }

  private void keep(Contradiction found) {
    found
        .note()
        .ifPresent(
            note -> {
              byte[] bytes = new byte[note.remaining()];
              note.duplicate().get(bytes);
              Path file = evidence.resolve("contradicting-bundle-" + found.version());
              try {
                Files.write(file, bytes);
              } catch (IOException e) {
                LOG.error("cannot store the other bundle in {}: {}", file, e.toString());
              }
            });
  }

  /** Conditions that need an operator's attention although the node works. */
  public List<String> warnings() {
    TrustBundle bundle = store.current();
    Instant now = clock.instant();
    List<String> warnings = new ArrayList<>();
    expiryWatch.state(bundle, now).ifPresent(word -> warnings.add("trust: " + word.text()));
    bundle.agency(self).stream()
        .flatMap(member -> MemberKeysExpiry.notices(member, now).stream())
        .forEach(notice -> warnings.add("trust: " + notice));
    gossip
        .contradiction()
        .ifPresent(
            found ->
                warnings.add(
                    "trust: %s has another bundle of version %d, with the hash %s; tell the root holders"
                        .formatted(found.from(), found.version(), found.hash())));
    synchronized (this) {
      freshnessWatch.state().ifPresent(word -> warnings.add("trust: " + word.text()));
    }
    return warnings;
  }

  private void gauges() {
    gauge(
        "entente_trust_bundle_version",
        "Version of the trust bundle in force.",
        () -> (double) store.current().version());
    gauge(
        "entente_trust_bundle_expiry_timestamp_seconds",
        "When the trust bundle in force expires.",
        () -> (double) expires().getEpochSecond());
    gauge(
        "entente_trust_bundle_remaining_seconds",
        "Seconds until the trust bundle expires, by this gateway's clock; negative afterwards.",
        () -> Duration.between(clock.instant(), expires()).toMillis() / 1e3);
    gauge(
        "entente_trust_bundle_grace",
        "Whether the trust bundle has expired and is in its grace, admitting no new member.",
        () -> store.state() == TrustState.GRACE ? 1.0 : 0.0);
    gauge(
        "entente_trust_bundle_expired",
        "Whether the grace has ended too, so that no peer is accepted.",
        () -> store.state() == TrustState.EXPIRED ? 1.0 : 0.0);
    gauge(
        "entente_trust_bundle_contradicted",
        "Whether another trust bundle of the version in force has been seen.",
        () -> gossip.contradiction().isPresent() ? 1.0 : 0.0);
    meters.gauge(
        "entente_ca_expiry_timestamp_seconds",
        "When the last CA certificate of an agency in the trust bundle expires, by role: this"
            + " agency's, which issues its gateways' and clients' certificates (own), or another's"
            + " (peer).",
        List.of("role", "agency"),
        () -> store.current().members().values().stream().map(this::authorities).toList());
    freshnessGauges();
  }

  private Sample authorities(Member member) {
    long last =
        member.authorities().stream()
            .mapToLong(one -> one.x509().getNotAfter().toInstant().toEpochMilli())
            .max()
            .orElse(0);
    String role = member.name().equals(self) ? "own" : "peer";
    return new Sample(List.of(role, member.name().value()), last / 1e3);
  }

  private void freshnessGauges() {
    gauge(
        "entente_trust_freshness_timestamp_seconds",
        "Since when as many witnesses as must confirm the bundle in force; 0 while fewer do.",
        () ->
            board
                .confirmed(store.current(), self)
                .map(at -> (double) at.getEpochSecond())
                .orElse(0.0));
    meters.gauge(
        "entente_trust_freshness",
        "1 for the freshness of the bundle in force according to witnesses: unwitnessed, fresh,"
            + " stale, behind or contradicted; 0 for the others.",
        List.of("state"),
        this::freshness);
    meters.gauge(
        "entente_trust_peer_bundle_version",
        "Version of the trust bundle that a linked peer says it has in force.",
        List.of("peer"),
        () ->
            gossip.versions().entrySet().stream()
                .map(one -> new Sample(List.of(one.getKey().value()), (double) one.getValue()))
                .toList());
  }

  private List<Sample> freshness() {
    FreshnessBoard.State now = board.state(store.current(), self, clock.instant());
    return Arrays.stream(FreshnessBoard.State.values())
        .map(
            state ->
                new Sample(
                    List.of(state.name().toLowerCase(Locale.ROOT)), state == now ? 1.0 : 0.0))
        .toList();
  }

  private Instant expires() {
    return store.current().content().expires();
  }

  private void gauge(String name, String help, Supplier<Double> value) {
    meters.gauge(name, help, List.of(), () -> List.of(Sample.of(value.get())));
  }
}
