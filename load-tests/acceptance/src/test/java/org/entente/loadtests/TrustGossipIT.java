package org.entente.loadtests;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.google.rpc.ErrorInfo;
import io.grpc.protobuf.StatusProto;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.entente.certsdev.MintedFederation;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.Fingerprint;
import org.entente.gateway.trust.Member;
import org.entente.loadtests.federation.ConfigurationHome;
import org.entente.loadtests.federation.Federation;
import org.entente.loadtests.testkit.Child;
import org.entente.loadtests.testkit.Metrics;
import org.entente.loadtests.testkit.OwnBundles;
import org.entente.loadtests.testkit.Patience;
import org.entente.loadtests.testkit.Publications;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A trust bundle that one operator puts in place takes effect at gateways that nobody touches. */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@Tag("extended")
@Tag("trust-bundles")
final class TrustGossipIT {
  private static final String FR = "fr.customs";
  private static final String DE = "de.customs";
  private static final String SG = "sg.police";
  private static final String US = "us.cbp";
  private static final String HUB = "x.hub";
  private static final String VERSION = "entente_trust_bundle_version";
  private static final Pattern METRIC = Pattern.compile("\\bentente_[a-z0-9_]+");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  @TempDir private Path folder;
  private Federation federation;
  private MintedFederation minted;
  private OwnBundles bundles;
  private int published;

  @BeforeEach
  void mint() throws IOException {
    federation = Federation.mint(ConfigurationHome.find(), folder);
    minted = MintedFederation.open(folder.resolve("federation"), InstantSource.system());
    bundles = OwnBundles.of(federation, minted.bundleFile(), folder);
  }

  private Metrics at(String agency) {
    return Metrics.of(federation.plan(agency));
  }

  /** Threat 30, over gossip: the hub is reached directly, sg and us only through it. */
  @Test
  void bundlePlacedAtOneNode_closesLinkAndSubscribersElsewhere_alsoBehindATransit()
      throws Exception {
    try (Federation running = federation) {
      running.start(List.of(FR, DE, SG, US, HUB));
      at(HUB).await("entente_link_up{peer=\"us.cbp\",}", 1);
      at(HUB).await("entente_link_up{peer=\"sg.police\",}", 1);
      at(SG).await("entente_trust_freshness{state=\"fresh\",}", 1);
      deliver(DE);
      Subscriber subscriber = new Subscriber();
      subscriber.open(running);

      Fingerprint desk = fingerprint(running.credentials(SG, "desk"));
      byte[] next =
          minted.bundle(
              Instant.now(),
              edit -> edit.remove(new AgencyName(US)).revoke(new AgencyName(SG), desk));
      bundles.place(FR, next);

      for (String agency : List.of(FR, DE, HUB, SG)) {
        at(agency).await(VERSION, 2);
        at(agency).await("entente_trust_bundle_grace", 0);
      }
      assertEquals("CERTIFICATE_REVOKED", subscriber.end());
      at(HUB).await("entente_link_up{peer=\"us.cbp\",}", 0);
      at(US).await("entente_link_up{peer=\"x.hub\",}", 0);
      awaitLog(US, line -> line.contains("stream ended: UNKNOWN_PEER"));
      // On the connection that it has, each further stream is refused; a new one is in TLS.
      awaitLog(US, line -> line.contains("attempt failed: UNKNOWN_PEER"));
      running.kill(US);
      running.start(List.of(US));
      awaitLog(HUB, line -> line.contains("handshake, UNKNOWN_PEER") && line.contains(US));
      assertTrue(at(HUB).value("entente_refused_total{side=\"peer\",code=\"UNKNOWN_PEER\",}") >= 1);
      assertEquals(1.0, at(US).value(VERSION), "whoever is removed is not told of the others");
      deliver(DE);
      for (String agency : List.of(FR, DE, SG)) {
        for (String line : Files.readAllLines(federation.plan(agency).log())) {
          assertFalse(line.contains("stream ended"), agency + ": " + line);
        }
      }
      alertsNameOnlyMetricsThatExist();
    }
  }

  /** Threat 63: a drill fires no rule about actual traffic, nor the reverse. */
  @Test
  void exercises_areCountedApart_andNoAlertCountsThemAsActualTraffic() throws Exception {
    try (Federation running = federation) {
      running.start(List.of(FR, DE));
      deliver(DE);
      for (Status status : List.of(Status.STATUS_EXERCISE, Status.STATUS_TEST)) {
        published++;
        Draft.Builder draft = Publications.draft(DE, "Drill " + published).toBuilder();
        draft.getLabelBuilder().setStatus(status);
        publish(FR, "declarations", draft.build());
      }
      Child tail = Child.of(federation, DE, "desk", "tail", "--exercise", "--count=2");
      assertTrue(tail.out().contains("Drill " + published), tail.out() + tail.err());
      assertFalse(tail.out().contains("Unsafe toys"), tail.out());
      awaitCounts(FR, "entente_published_total{outcome=\"accepted\"");
      awaitCounts(DE, "entente_received_total{origin=\"fr.customs\"");
      awaitCounts(DE, "entente_delivered_total{kind=\"first\"");
      for (JsonNode rule : rules()) {
        String expression = rule.path("expr").asText();
        Matcher names = METRIC.matcher(expression);
        while (names.find()) {
          boolean told = at(DE).labels(names.group()).contains("exercise");
          assertTrue(
              !told || expression.contains("exercise=\""),
              () -> rule.path("alert").asText() + " does not say which traffic it is about");
        }
      }
      assertTrue(at(DE).labels("entente_received_total").contains("exercise"));
    }
  }

  private void awaitCounts(String agency, String begin) throws Exception {
    at(agency).await(begin + ",exercise=\"true\",}", 2);
    at(agency).await(begin + ",exercise=\"false\",}", 1);
  }

  private static List<JsonNode> rules() throws IOException {
    Path file =
        ConfigurationHome.find()
            .folder()
            .resolve("config")
            .resolve("prometheus")
            .resolve("alerts.yaml");
    return new ObjectMapper(new YAMLFactory())
        .readTree(file.toFile()).findValues("rules").stream()
            .flatMap(group -> StreamSupport.stream(group.spliterator(), false))
            .toList();
  }

  private void alertsNameOnlyMetricsThatExist() throws Exception {
    List<JsonNode> rules = rules();
    Set<String> unknown = new TreeSet<>();
    Set<String> existing = at(FR).names();
    assertTrue(rules.size() > 5, rules.toString());
    for (JsonNode rule : rules) {
      assertFalse(rule.path("annotations").path("summary").asText().isEmpty(), rule.toString());
      assertFalse(rule.path("annotations").path("action").asText().isEmpty(), rule.toString());
      Matcher names = METRIC.matcher(rule.path("expr").asText());
      assertTrue(names.find(), rule.toString());
      names.reset();
      while (names.find()) {
        // Those of a cluster are compared with a machine of one by ClusterPathTest.
        if (!existing.contains(names.group()) && !names.group().startsWith("entente_cluster_")) {
          unknown.add(rule.path("alert").asText() + ": " + names.group());
        }
      }
    }
    assertEquals(Set.of(), unknown);
  }

  /** Threat 51: two bundles of one version, signed by the roots, meet over a link. */
  @Test
  void twoBundlesOfOneVersion_areAnAlarmOnBothSides_andMailGoesOn() throws Exception {
    try (Federation running = federation) {
      bundles.place(FR, minted.bundle(Instant.now(), edit -> edit));
      bundles.place(DE, minted.bundle(Instant.now(), edit -> edit.remove(new AgencyName(US))));
      running.start(List.of(FR, DE));
      for (String agency : List.of(FR, DE)) {
        at(agency).await("entente_trust_bundle_contradicted", 1);
        at(agency).awaitReadiness("another bundle of version 2");
        // A witness's word may come first, and is no proof yet.
        at(agency).awaitAbove("entente_trust_bundles_refused_total{fault=\"EQUIVOCATION\",}", 0);
        awaitProof(federation.plan(agency).folder().resolve("audit/contradicting-bundle-2"));
      }
      deliver(DE);
      Child exported =
          Child.of(
              running,
              FR,
              "auditor",
              "audit",
              "export",
              "--from",
              "2026-01-01",
              "--officer=FR-9",
              "--justification=two bundles");
      assertTrue(exported.out().contains("TRUST_CONFLICT"), exported.out() + exported.err());
    }
  }

  /** Threat 51: past the grace nobody is a peer, and what is accepted meanwhile waits. */
  @Test
  void bundlePastItsGrace_holdsMailUntilTheNextOneIsPlaced() throws Exception {
    try (Federation running = federation) {
      running.start(List.of(FR, DE));
      deliver(DE);
      running.kill(FR);
      BundleContent first = minted.bundle().content();
      Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
      byte[] old =
          minted.sign(
              lasting(first, now.minus(Duration.ofDays(30)), now.minus(Duration.ofDays(4))));
      Files.write(federation.plan(FR).folder().resolve("audit").resolve("accepted-bundle"), old);
      bundles.place(FR, old);
      running.start(List.of(FR));

      at(FR).await("entente_trust_bundle_expired", 1);
      at(FR).awaitReadiness("grace is over");
      String held = accepted(DE);
      awaitLog(FR, line -> line.contains("handshake, TRUST_EXPIRED"));
      assertEquals(0.0, at(FR).value("entente_link_up{peer=\"de.customs\",}"));

      bundles.place(FR, minted.sign(next(first, now, now.plus(Duration.ofHours(1)))));
      at(FR).await("entente_trust_bundle_expired", 0);
      at(DE).await(VERSION, 2);
      Child tail = tail(DE);
      assertTrue(tail.out().contains(held), tail.out() + tail.err());
    }
  }

  /**
   * fr signs its keys anew, with a pair that de hears of a moment later and has to refuse until
   * then; what de knew of fr is void by then. It must hear it again, or could send nothing to fr.
   */
  @Test
  void pairReplacedAtOnce_isToldAgainToWhoeverWasBehind() throws Exception {
    try (Federation running = federation) {
      running.start(List.of(FR, DE));
      at(DE).await("entente_link_up{peer=\"fr.customs\",}", 1);
      deliver(DE);
      Path file = folder.resolve("fr.customs.join");
      Child renewed =
          Child.of(
              running,
              FR,
              "operator",
              "keys",
              "renew",
              "--justification=stolen",
              "--officer=FR-3",
              "--from",
              Instant.now().minus(Duration.ofMinutes(1)).toString(),
              "--days=5",
              "--out",
              file.toString());
      assertEquals(0, renewed.code(), renewed.err());
      bundles.place(
          FR,
          minted.bundle(
              Instant.now(),
              edit -> edit.put(OwnBundles.onlyNew(CeremonyFiles.request(file).agency()))));
      at(DE).await(VERSION, 2);
      publish(DE, FR, "declarations", "back");
      Child tail = tail(FR);
      assertTrue(tail.out().contains("back"), tail.out() + tail.err());
      deliver(DE);
    }
  }

  private static BundleContent lasting(BundleContent content, Instant from, Instant to) {
    return new BundleContent(
        content.federation(),
        content.version(),
        from,
        to,
        content.roots(),
        content.groups(),
        content.agencies());
  }

  private static BundleContent next(BundleContent content, Instant from, Instant to) {
    List<Member> agencies = content.agencies();
    return new BundleContent(
        content.federation(),
        content.version() + 1,
        from,
        to,
        content.roots(),
        content.groups(),
        agencies);
  }

  /** One message from publisher to subscriber. */
  private void deliver(String recipient) {
    String headline = accepted(recipient);
    Child tail = tail(recipient);
    assertTrue(tail.out().contains(headline), tail.out() + tail.err());
  }

  private Child tail(String recipient) {
    return Child.of(federation, recipient, "desk", "tail", "--count=1");
  }

  private String accepted(String recipient) {
    published++;
    String headline = "Unsafe toys " + published;
    publish(FR, recipient, "declarations", headline);
    return headline;
  }

  private void publish(String from, String recipient, String client, String headline) {
    publish(from, client, Publications.draft(recipient, headline));
  }

  private void publish(String from, String client, Draft draft) {
    Publications.accepted(federation.channel(from, client), draft);
  }

  private static void awaitProof(Path file) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!holdsBundle(file) && System.nanoTime() < end) {
      Patience.pause();
    }
    assertTrue(holdsBundle(file), file.toString());
  }

  private static boolean holdsBundle(Path file) throws IOException {
    return Files.exists(file) && Files.readString(file).contains("/trust-bundle");
  }

  private void awaitLog(String agency, Predicate<String> wanted) throws IOException {
    long end = System.nanoTime() + PATIENCE.toNanos();
    List<String> lines = Files.readAllLines(federation.plan(agency).log());
    while (lines.stream().noneMatch(wanted) && System.nanoTime() < end) {
      Patience.pause();
      lines = Files.readAllLines(federation.plan(agency).log());
    }
    String all = String.join("\n", lines);
    assertTrue(lines.stream().anyMatch(wanted), () -> agency + ":\n" + all);
  }

  private static Fingerprint fingerprint(Path credentials) throws Exception {
    X509Certificate first =
        Pem.certificates(Files.readString(credentials.resolve("tls.crt"))).get(0);
    return Fingerprint.ofKey(first);
  }

  /** An open stream of sg's desk, and how it ends. */
  private static final class Subscriber implements StreamObserver<SubscribeResponse> {
    private final CountDownLatch opened = new CountDownLatch(1);
    private final CompletableFuture<Throwable> end = new CompletableFuture<>();

    void open(Federation running) throws InterruptedException {
      StreamObserver<SubscribeRequest> requests =
          SubscriberGrpc.newStub(running.channel(SG, "desk")).subscribe(this);
      requests.onNext(
          SubscribeRequest.newBuilder()
              .setOpen(OpenCursor.newBuilder().setCursor("gossip"))
              .build());
      assertTrue(opened.await(PATIENCE.toSeconds(), TimeUnit.SECONDS), "not opened");
    }

    /** The stable code with which the gateway ended it. */
    String end() throws Exception {
      Throwable error = end.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      return StatusProto.fromThrowable(error).getDetails(0).unpack(ErrorInfo.class).getReason();
    }

    @Override
    public void onNext(SubscribeResponse response) {
      if (response.hasOpened()) {
        opened.countDown();
      }
    }

    @Override
    public void onError(Throwable error) {
      end.complete(error);
    }

    @Override
    public void onCompleted() {
      end.complete(new AssertionError("ended in order"));
    }
  }
}
