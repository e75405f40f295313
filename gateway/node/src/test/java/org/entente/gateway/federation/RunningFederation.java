package org.entente.gateway.federation;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.audit.LogSuccession;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.ceremony.AgencyPlan;
import org.entente.gateway.ceremony.AgencySetup;
import org.entente.gateway.client.Channels;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.assembly.Gateway;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.JoinRequest;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustRoots;
import org.entente.proto.v1.Acknowledge;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Classification;
import org.entente.proto.v1.Delivery;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.EvidenceGrpc;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.FollowRequest;
import org.entente.proto.v1.FollowResponse;
import org.entente.proto.v1.KeysGrpc;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Lane;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OpenCursor;
import org.entente.proto.v1.Outcome;
import org.entente.proto.v1.PublishRequest;
import org.entente.proto.v1.PublisherGrpc;
import org.entente.proto.v1.Purpose;
import org.entente.proto.v1.RenewKeysRequest;
import org.entente.proto.v1.RenewKeysResponse;
import org.entente.proto.v1.SubscribeRequest;
import org.entente.proto.v1.SubscribeResponse;
import org.entente.proto.v1.SubscriberGrpc;
import org.entente.proto.v1.TrackRequest;
import org.entente.proto.v1.WatchUnopenedRequest;
import org.entente.proto.v1.WatchUnopenedResponse;

/**
 * Real gateways in this process, over real sockets, TLS and disks, that share a clock which the
 * test moves: {@code fr.customs} and {@code de.customs} linked directly, {@code sg.police} behind
 * the transit {@code x.hub}.
 */
public final class RunningFederation implements AutoCloseable {
  public static final String FR = "fr.customs";
  public static final String DE = "de.customs";
  public static final String SG = "sg.police";
  public static final String HUB = "x.hub";

  /** A member of {@link #withCoRecipient}. */
  static final String JP = "jp.customs";

  /** Transits of {@link #withRing}. */
  static final List<String> RING = List.of("x.one", "x.two", "x.three");

  /** How long a recipient keeps what it was sent. */
  static final Duration RETENTION = Duration.ofDays(5);

  private static final FederationName NAME = new FederationName("test.entente.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");
  private static final String CLIENT = "desk";

  /**
   * Clients with certificates; all but the first are in no configuration, unless a test says so.
   */
  private static final List<NodeName> CLIENTS =
      List.of(new NodeName(CLIENT), new NodeName("narcotics"), new NodeName("tobacco"));

  private static final Duration PATIENCE = Duration.ofSeconds(90);

  private static final String AGREEMENT =
      """
      id: warnings
      title: Warnings that wait long for their recipients
      law:
        instrument: MOU
        reference: Memorandum of the test
        regime: ADMINISTRATIVE
        purpose_change: true
      between:
        direction: BOTH
        parties:
          - all_members: true
            among_themselves: true
      covers:
        kinds: [ALERT, REQUEST, ANSWER, OPERATION]
        categories: [PUBLIC_WARNING]
        purposes: [PUBLIC_SAFETY]
        classification_ceiling: UNCLASSIFIED
        personal_data: false
      obligations:
        retention_days: %d
        onward_transfer: WITHIN_PARTIES
        four_eyes: false
        max_message_bytes: 1048576
        deliver_within_days: 60
      valid:
        from: 2025-01-01
      """;

  public final SettableClock clock;
  private final Path folder;
  private final Instant ends;
  private final SecureRandom random = new SecureRandom();
  private final NoteKeyName rootName = new NoteKeyName("entente/" + NAME + "/root-1");
  private final SigningPair root;
  private final RootSet roots;
  private final Map<String, Member> members = new TreeMap<>();
  private final Map<String, AgencyPlan> plans = new TreeMap<>();
  private final Map<String, Path> homes = new TreeMap<>();
  private final Map<String, String> links = new TreeMap<>();
  private final Map<String, Integer> peerPorts = new TreeMap<>();
  private final Map<String, Duration> wrong = new ConcurrentHashMap<>();
  private final Map<String, Gateway> running = new TreeMap<>();
  private final Map<String, ManagedChannel> channels = new TreeMap<>();
  private long version;
  private int drafts;

  /** Mints one that begins with the clock and whose keys and certificates last so long. */
  RunningFederation(Path folder, SettableClock clock, Duration lifetime) throws IOException {
    this(folder, clock, lifetime, RETENTION);
  }

  /** The same where recipients keep what they were sent for so long. */
  RunningFederation(Path folder, SettableClock clock, Duration lifetime, Duration retention)
      throws IOException {
    this(folder, clock, lifetime, retention, List.of(DE, FR, HUB));
    found(DE, AgencyKind.CUSTOMS, AgencyRole.MEMBER);
    found(FR, AgencyKind.CUSTOMS, AgencyRole.MEMBER, HUB);
    found(SG, AgencyKind.POLICE, AgencyRole.MEMBER, HUB);
    found(HUB, AgencyKind.OTHER, AgencyRole.TRANSIT);
    configure(DE, link(FR, false));
    configure(FR, link(DE, true) + link(HUB, true));
    configure(SG, link(HUB, true));
    configure(HUB, link(FR, false) + link(SG, false));
    publishBundle(member -> member);
  }

  /**
   * Another: {@code sg.police} behind three transits that are linked with each other, of which the
   * first leads to it and to {@code fr.customs}. Without that, the first would take the second for
   * the way to it, the second the third; and the third, which holds another bundle of the same
   * version, takes the first. (Under one bundle honest transits cannot lead in a circle: each takes
   * the first of the recipient's transits that it has a link to, and never goes back.)
   */
  static RunningFederation withRing(Path folder, SettableClock clock, Duration lifetime)
      throws IOException {
    String one = RING.get(0);
    String two = RING.get(1);
    String three = RING.get(2);
    RunningFederation ring =
        new RunningFederation(folder, clock, lifetime, RETENTION, List.of(FR, one, two, three));
    ring.found(FR, AgencyKind.CUSTOMS, AgencyRole.MEMBER, one);
    ring.found(SG, AgencyKind.POLICE, AgencyRole.MEMBER, one, two, three);
    for (String transit : RING) {
      ring.found(transit, AgencyKind.OTHER, AgencyRole.TRANSIT);
    }
    ring.configure(FR, ring.link(one, true));
    ring.configure(SG, ring.link(one, true));
    ring.configure(
        one,
        ring.link(FR, false)
            + ring.link(SG, false)
            + ring.link(two, true)
            + ring.link(three, false));
    ring.configure(two, ring.link(one, false) + ring.link(three, true));
    ring.configure(three, ring.link(two, false) + ring.link(one, true));
    ring.publishBundle(member -> member);
    Path other = ring.folder.resolve("trust-bundle-of-three.note");
    Files.move(ring.folder.resolve("trust-bundle.note"), other);
    Files.writeString(
        ring.config(three),
        Files.readString(ring.config(three))
            .replace("trust-bundle.note", String.valueOf(other.getFileName())));
    ring.version--;
    ring.publishBundle(
        member -> member.name().value().equals(SG) ? via(member, two, three, one) : member);
    return ring;
  }

  /** Another: {@code sg.police} behind two transits, to both of which fr.customs is linked. */
  static RunningFederation withTwoTransits(Path folder, SettableClock clock, Duration lifetime)
      throws IOException {
    String one = RING.get(0);
    String two = RING.get(1);
    RunningFederation made =
        new RunningFederation(folder, clock, lifetime, RETENTION, List.of(FR, one, two));
    made.found(FR, AgencyKind.CUSTOMS, AgencyRole.MEMBER, two, one);
    made.found(SG, AgencyKind.POLICE, AgencyRole.MEMBER, one, two);
    for (String transit : List.of(one, two)) {
      made.found(transit, AgencyKind.OTHER, AgencyRole.TRANSIT);
      made.configure(transit, made.link(FR, false) + made.link(SG, false));
    }
    made.configure(FR, made.link(one, true) + made.link(two, true));
    made.configure(SG, made.link(one, true) + made.link(two, true));
    made.publishBundle(member -> member);
    return made;
  }

  /**
   * Another: {@code fr.customs}, {@code sg.police} and {@code jp.customs} at the transit {@code
   * x.hub}; the latter two also have a link with each other.
   */
  static RunningFederation withCoRecipient(Path folder, SettableClock clock, Duration lifetime)
      throws IOException {
    RunningFederation made =
        new RunningFederation(folder, clock, lifetime, RETENTION, List.of(FR, HUB, JP));
    made.found(FR, AgencyKind.CUSTOMS, AgencyRole.MEMBER, HUB);
    made.found(SG, AgencyKind.POLICE, AgencyRole.MEMBER, HUB);
    made.found(JP, AgencyKind.CUSTOMS, AgencyRole.MEMBER, HUB);
    made.found(HUB, AgencyKind.OTHER, AgencyRole.TRANSIT);
    made.configure(FR, made.link(HUB, true));
    made.configure(SG, made.link(HUB, true) + made.link(JP, true));
    made.configure(JP, made.link(HUB, true) + made.link(SG, false));
    made.configure(HUB, made.link(FR, false) + made.link(SG, false) + made.link(JP, false));
    made.publishBundle(member -> member);
    return made;
  }

  private static Member via(Member member, String... transits) {
    return new Member(
        member.name(),
        member.jurisdiction(),
        member.kind(),
        member.roles(),
        member.authorities(),
        member.signing(),
        member.audit(),
        member.endpoints(),
        List.of(transits).stream().map(AgencyName::new).toList(),
        member.revoked());
  }

  private RunningFederation(
      Path folder, SettableClock clock, Duration lifetime, Duration retention, List<String> ports)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    this.ends = clock.instant().plus(lifetime);
    this.root = SigningPair.generate(random);
    this.roots = new RootSet(1, List.of(RootKey.of(rootName, root)));
    Files.createDirectories(folder.resolve("agreements"));
    Files.writeString(
        folder.resolve("agreements").resolve("warnings.yaml"),
        AGREEMENT.formatted(retention.toDays()));
    Files.writeString(folder.resolve("roots.json"), new TrustRoots(NAME, roots).print());
    for (String agency : ports) {
      peerPorts.put(agency, LoopbackPort.next());
    }
  }

  private RunningFederation(RunningFederation minted, Path folder, SettableClock clock) {
    this.folder = folder;
    this.clock = clock;
    this.ends = minted.ends;
    this.root = minted.root;
    this.roots = minted.roots;
    this.version = minted.version;
    members.putAll(minted.members);
    plans.putAll(minted.plans);
    links.putAll(minted.links);
    peerPorts.putAll(minted.peerPorts);
    minted.homes.forEach(
        (agency, home) ->
            homes.put(agency, folder.resolve(minted.folder.relativize(home).toString())));
  }

  /**
   * Copies one that never ran into another folder. Only one copy may run at a time: the ports are
   * in the bundle that the root signed.
   */
  RunningFederation copyTo(Path other, SettableClock itsClock) throws IOException {
    Files.createDirectories(other);
    try (Stream<Path> parts = Files.list(folder)) {
      for (Path part : parts.toList()) {
        copyTree(part, other.resolve(folder.relativize(part).toString()));
      }
    }
    return new RunningFederation(this, other, itsClock);
  }

  /** Whether its ports are free now. */
  boolean portsAreFree() {
    return peerPorts.values().stream().allMatch(LoopbackPort::isFree);
  }

  /** A gateway that does not run has no link to a peer any more, until all are restored. */
  void removeLink(String agency, String peer) throws IOException {
    String some = linksOf(agency).replace(link(peer, false), "").replace(link(peer, true), "");
    Files.writeString(
        config(agency), Files.readString(config(agency)).replace(linksOf(agency), some));
  }

  /** A gateway that does not run has all its links again. */
  void restoreLinks(String agency) throws IOException {
    configure(agency, linksOf(agency));
  }

  private String linksOf(String agency) {
    return Objects.requireNonNull(links.get(agency), agency);
  }

  private void found(String agency, AgencyKind kind, AgencyRole role, String... via)
      throws IOException {
    Integer port = peerPorts.get(agency);
    AgencyPlan plan =
        new AgencyPlan(
            NAME,
            new AgencyName(agency),
            kind,
            Set.of(role),
            port == null ? List.of() : List.of(new Endpoint("127.0.0.1", port)),
            List.of(via).stream().map(AgencyName::new).toList(),
            List.of(GATEWAY),
            CLIENTS,
            List.of("localhost", "127.0.0.1"),
            clock.instant().minus(Duration.ofHours(2)),
            ends);
    plans.put(agency, plan);
    found(plan, folder.resolve(agency));
  }

  private void found(AgencyPlan plan, Path home) throws IOException {
    String agency = plan.name().value();
    homes.put(agency, home);
    members.put(agency, new AgencySetup(plan, home, null, random).found().member());
  }

  private Path home(String agency) {
    return Objects.requireNonNull(homes.get(agency), agency);
  }

  /**
   * An agency whose gateway does not run loses its keystore, and replaces it: new keys and
   * certificates, a bundle that lists them in the place of the old, another audit log.
   */
  void loseKeystore(String agency) throws IOException {
    AgencyPlan plan = Objects.requireNonNull(plans.get(agency), agency);
    found(plan, folder.resolve(agency + "-again"));
    configure(agency, linksOf(agency));
    publishBundle(member -> member);
    LogSuccession.Finding found =
        LedgerSuccession.onDisk(config(agency), clock)
            .succeed(Optional.empty(), new AuditPerson("A-1", "", "the keystore was lost"));
    if (!(found instanceof LogSuccession.Finding.Ended)) {
      throw new AssertionError(found);
    }
  }

  /** Copies the ledger of a gateway that does not run, as a backup does. */
  Path keepLedger(String agency) throws IOException {
    Path kept = folder.resolve(agency + "-kept");
    copyTree(folder.resolve(agency).resolve("data"), kept);
    return kept;
  }

  /** The ledger's folder of a gateway that does not run. */
  Path ledger(String agency) {
    return folder.resolve(agency).resolve("data");
  }

  /** The keystore's folder of a gateway that does not run. */
  Path keystore(String agency) {
    return home(agency).resolve("gateway-1").resolve("keystore");
  }

  /** Puts a copy in the place of the ledger of a gateway that does not run, and takes it up. */
  void restoreLedger(String agency, Path kept) throws IOException {
    Path data = folder.resolve(agency).resolve("data");
    Files.move(data, folder.resolve(agency + "-set-aside"));
    copyTree(kept, data);
    LogSuccession.Finding unused =
        LedgerSuccession.onDisk(config(agency), clock)
            .restored(Optional.empty(), new AuditPerson("A-1", "", "the disk was lost"), "a copy");
  }

  private String link(String peer, boolean dialled) {
    return "  - peer: "
        + peer
        + "\n"
        + (dialled ? "    dial: 127.0.0.1:" + peerPorts.get(peer) + "\n" : "");
  }

  private void configure(String agency, String linked) throws IOException {
    links.put(agency, linked);
    String home = String.valueOf(home(agency).getFileName());
    Integer port = peerPorts.get(agency);
    String yaml =
        """
        federation: %s
        agency: %s
        gateway: gateway-1
        trust: {bundle: trust-bundle.note, roots: roots.json}
        tls: {certificate: %s/gateway-1/tls.crt, key: %s/gateway-1/tls.key}
        keystore: %s/gateway-1/keystore
        data: %s/data
        audit: %s/audit
        policy: {agreements: agreements}
        listen:
          clients: 127.0.0.1:0
        %s  admin: 127.0.0.1:0
        links:
        %sclients:
          - name: desk
            scopes: [publish, subscribe, search, evidence, respond, operate_jointly, task, operator, score, recall, retention]
        """
            .formatted(
                NAME,
                agency,
                home,
                home,
                home,
                agency,
                agency,
                port == null ? "" : "  peers: 127.0.0.1:" + port + "\n",
                linked);
    Files.writeString(config(agency), yaml);
  }

  /**
   * Copies all that a gateway which does not run has, secrets too, into a folder of its own; the
   * copy only dials.
   *
   * @return its configuration
   */
  Path copy(String agency, Path into) throws IOException {
    for (String part : List.of("trust-bundle.note", "roots.json")) {
      Files.copy(folder.resolve(part), into.resolve(part));
    }
    copyTree(folder.resolve("agreements"), into.resolve("agreements"));
    copyTree(folder.resolve(agency), into.resolve(agency));
    Path config = into.resolve("node.yaml");
    Files.writeString(
        config, Files.readString(config(agency)).replaceAll("(?m)^  peers: .*\\n", ""));
    return config;
  }

  private static void copyTree(Path from, Path to) throws IOException {
    try (Stream<Path> all = Files.walk(from)) {
      for (Path one : all.toList()) {
        Files.copy(
            one, to.resolve(from.relativize(one).toString()), StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }

  /** A gateway that does not run has another client, which sits at a desk of its own name. */
  public void seat(String agency, String client, String more) throws IOException {
    Files.writeString(
        config(agency),
        Files.readString(config(agency))
            + """
              - name: %s
                desks: [%s]
                scopes: [publish, subscribe, search, watch, respond, operate_jointly, task, score]
            %s\
            """
                .formatted(client, client, more));
  }

  /** The configuration of an agency's gateway. */
  public Path config(String agency) {
    return folder.resolve(agency + ".yaml");
  }

  /** Signs the next version of the trust bundle with changed members; running nodes see it soon. */
  void publishBundle(UnaryOperator<Member> change) throws IOException {
    members.replaceAll((name, member) -> change.apply(member));
    version++;
    BundleContent content =
        new BundleContent(
            NAME,
            version,
            clock.instant(),
            ends,
            roots,
            new TreeMap<>(),
            List.copyOf(members.values()));
    Path next = folder.resolve("trust-bundle.next");
    Files.write(next, BundleSigner.sign(content, Map.of(rootName, root)));
    Files.move(
        next,
        folder.resolve("trust-bundle.note"),
        java.nio.file.StandardCopyOption.ATOMIC_MOVE,
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);
  }

  /** Replaces an agency's pairs: the gateway makes them, and the roots list them from now on. */
  void renewPairs(String agency) throws IOException {
    RenewKeysResponse made =
        KeysGrpc.newBlockingStub(channel(agency))
            .renewKeys(
                RenewKeysRequest.newBuilder()
                    .setOnBehalfOf(
                        OnBehalfOf.newBuilder().setOfficer("A-1").setJustification("yearly"))
                    .setFrom(timestamp(clock.instant()))
                    .setUntil(timestamp(ends))
                    .setOldUntil(timestamp(clock.instant().plus(Duration.ofDays(2))))
                    .build());
    Member next = JoinRequest.verify(made.getRequest().toByteArray()).agency();
    publishBundle(member -> member.name().value().equals(agency) ? next : member);
  }

  /** The bundle lists no pair of an agency any more but those that it lists first. */
  void dropOldPairs(String agency) throws IOException {
    publishBundle(
        member ->
            member.name().value().equals(agency)
                ? new Member(
                    member.name(),
                    member.jurisdiction(),
                    member.kind(),
                    member.roles(),
                    member.authorities(),
                    member.signing().subList(0, 1),
                    member.audit().subList(0, 1),
                    member.endpoints(),
                    member.via(),
                    member.revoked())
                : member);
  }

  private static Timestamp timestamp(Instant at) {
    return Timestamps.fromMillis(at.toEpochMilli());
  }

  /** Starts gateways. */
  public void start(String... agencies) {
    for (String agency : agencies) {
      running.put(agency, Gateway.start(config(agency), clockOf(agency), clock::nanos));
    }
  }

  private InstantSource clockOf(String agency) {
    return () -> clock.instant().plus(wrong.getOrDefault(agency, Duration.ZERO));
  }

  /** Lets one gateway's clock be wrong by so much, from now on. */
  void setWrong(String agency, Duration by) {
    wrong.put(agency, by);
  }

  /** Stops one in order; its port is free on return. */
  public void stop(String agency) {
    ManagedChannel channel = channels.remove(agency);
    if (channel != null) {
      channel.shutdownNow();
    }
    Gateway gateway = running.remove(agency);
    if (gateway != null) {
      gateway.close();
    }
    Integer port = peerPorts.get(agency);
    if (port != null) {
      LoopbackPort.awaitFree(port);
    }
  }

  /** A gateway that runs. */
  public Gateway gateway(String agency) {
    Gateway gateway = running.get(agency);
    if (gateway == null) {
      throw new IllegalStateException(agency + " does not run");
    }
    return gateway;
  }

  /** A channel of an agency's client to its gateway, of this start. */
  public ManagedChannel channel(String agency) {
    return channels.computeIfAbsent(agency, name -> open(name, CLIENT));
  }

  /** A channel of another client; whoever asks shuts it down. */
  ManagedChannel open(String agency, String client) {
    return Channels.open(
        "127.0.0.1:" + gateway(agency).clientAddress().getPort(),
        Credentials.in(home(agency).resolve("clients").resolve(client)));
  }

  /** Lets time pass in steps, at each of which every gateway that runs does its chores. */
  public void pass(Duration time, Duration step) {
    for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(step)) {
      clock.move(step);
      doChores();
    }
  }

  /** Every gateway that runs does its chores. */
  void doChores() {
    running.values().forEach(Gateway::doChores);
  }

  /** Publishes a warning that must be accepted, not to be delivered after a time from now. */
  public MessageId send(String from, String headline, Duration deadline, String... to) {
    return send(from, headline, Lane.LANE_UNSPECIFIED, deadline, Duration.ZERO, to);
  }

  /** The same on a lane. */
  public MessageId send(String from, String headline, Lane lane, Duration deadline, String... to) {
    return send(from, headline, lane, deadline, Duration.ZERO, to);
  }

  /** The same, to be opened within a time; within what its lane has if that is zero. */
  public MessageId send(
      String from, String headline, Duration deadline, Duration openWithin, String... to) {
    return send(from, headline, Lane.LANE_UNSPECIFIED, deadline, openWithin, to);
  }

  /** The same without recipients and lane, as a test completes it. */
  MessageId send(String from, String headline, Duration deadline, Consumer<Draft.Builder> change) {
    Draft.Builder draft = draft(headline, deadline);
    change.accept(draft);
    Outcome outcome = publish(from, draft.build());
    if (!outcome.hasAccepted()) {
      throw new AssertionError(outcome);
    }
    return MessageId.of(outcome.getMessageId().toByteArray());
  }

  private MessageId send(
      String from,
      String headline,
      Lane lane,
      Duration deadline,
      Duration openWithin,
      String... to) {
    return send(
        from,
        headline,
        deadline,
        draft -> {
          draft.setOpenWithinMinutes((int) openWithin.toMinutes());
          draft.getLabelBuilder().setLane(lane);
          draft.getToBuilder().addAllAgencies(List.of(to));
        });
  }

  /** A warning, not to be delivered after a time from now. */
  public Draft draft(String headline, Duration deadline, String... to) {
    Draft.Builder draft = draft(headline, deadline);
    draft.getToBuilder().addAllAgencies(List.of(to));
    return draft.build();
  }

  private Draft.Builder draft(String headline, Duration deadline) {
    drafts++;
    Draft.Builder draft = alert(headline, "draft-" + drafts);
    draft
        .getLabelBuilder()
        .setExpiresAt(Timestamps.fromMillis(clock.instant().plus(deadline).toEpochMilli()));
    return draft;
  }

  /** A warning for nobody yet. */
  static Draft.Builder alert(String headline, String key) {
    return Draft.newBuilder()
        .setIdempotencyKey(key)
        .setLabel(
            Label.newBuilder()
                .setKind(Kind.KIND_ALERT)
                .setCategory(Category.CATEGORY_PUBLIC_WARNING)
                .setPurpose(Purpose.PURPOSE_PUBLIC_SAFETY)
                .setClassification(Classification.CLASSIFICATION_UNCLASSIFIED))
        .setBody(
            Body.newBuilder()
                .setAlert(
                    Alert.newBuilder()
                        .addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline))));
  }

  /** What becomes of a draft. */
  public Outcome publish(String from, Draft draft) {
    return PublisherGrpc.newBlockingStub(channel(from))
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .publish(PublishRequest.newBuilder().setDraft(draft).build())
        .getOutcome();
  }

  /** What was received since this was last asked, opened; waits until there is so much. */
  public List<Delivery> receive(String agency, int count) {
    return receive(agency, count, OpenCursor.newBuilder().setCursor("desk").build());
  }

  /** What is kept, from the oldest on, as a subscriber that comes now is given it. */
  List<Delivery> replay(String agency, int count) {
    return receive(
        agency, count, OpenCursor.newBuilder().setCursor("late").setFromPosition(1).build());
  }

  private List<Delivery> receive(String agency, int count, OpenCursor cursor) {
    return receive(channel(agency), agency, count, cursor);
  }

  /** The same of another client. */
  List<Delivery> receive(ManagedChannel channel, String agency, int count, OpenCursor cursor) {
    BlockingQueue<SubscribeResponse> said = new LinkedBlockingQueue<>();
    CountDownLatch ended = new CountDownLatch(1);
    StreamObserver<SubscribeRequest> stream =
        SubscriberGrpc.newStub(channel).subscribe(new ResponseQueue(said, ended));
    stream.onNext(SubscribeRequest.newBuilder().setOpen(cursor).build());
    List<Delivery> received = new ArrayList<>();
    try {
      while (received.size() < count) {
        SubscribeResponse next = said.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        if (next == null) {
          throw new AssertionError(
              agency + " was given " + headlines(received) + " and nothing more for " + PATIENCE);
        }
        if (next.hasDelivery()) {
          received.add(next.getDelivery());
          stream.onNext(
              SubscribeRequest.newBuilder()
                  .setAck(Acknowledge.newBuilder().setPosition(next.getDelivery().getPosition()))
                  .build());
        }
      }
      stream.onCompleted();
      // The stream ends once what was acknowledged is durable; before, it would come again.
      if (!ended.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new AssertionError(agency + " did not end the stream");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
    return received;
  }

  private record ResponseQueue(BlockingQueue<SubscribeResponse> said, CountDownLatch ended)
      implements StreamObserver<SubscribeResponse> {
    @Override
    public void onNext(SubscribeResponse response) {
      said.add(response);
    }

    @Override
    public void onError(Throwable failure) {
      // Whoever waits for more hears nothing and fails.
      ended.countDown();
    }

    @Override
    public void onCompleted() {
      ended.countDown();
    }
  }

  static List<String> headlines(List<Delivery> deliveries) {
    return deliveries.stream()
        .map(delivery -> delivery.getBody().getAlert().getTexts(0).getHeadline())
        .toList();
  }

  /** Follows a message of an agency; the stream ends when it is settled. */
  Iterator<FollowResponse> follow(String origin, MessageId message) {
    return EvidenceGrpc.newBlockingStub(channel(origin))
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .follow(
            FollowRequest.newBuilder().setMessageId(ByteString.copyFrom(message.bytes())).build());
  }

  /** What nobody has opened in time. */
  List<WatchUnopenedResponse> unopened(String origin) {
    List<WatchUnopenedResponse> out = new ArrayList<>();
    EvidenceGrpc.newBlockingStub(channel(origin))
        .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
        .watchUnopened(WatchUnopenedRequest.getDefaultInstance())
        .forEachRemaining(out::add);
    return out;
  }

  /** What the origin knows of one of its messages; nothing if it knows none. */
  List<EvidenceItem> track(String origin, MessageId message) {
    try {
      return EvidenceGrpc.newBlockingStub(channel(origin))
          .withDeadlineAfter(PATIENCE.toSeconds(), TimeUnit.SECONDS)
          .track(
              TrackRequest.newBuilder().setMessageId(ByteString.copyFrom(message.bytes())).build())
          .getItemsList();
    } catch (StatusRuntimeException e) {
      if (e.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return List.of();
      }
      throw e;
    }
  }

  /**
   * Waits, while all do their chores, until the origin has evidence of a kind about a recipient.
   */
  public EvidenceItem awaitEvidence(
      String origin, MessageId message, EvidenceKind kind, String recipient) {
    List<EvidenceItem> found = new ArrayList<>();
    await(
        kind + " about " + recipient,
        () -> {
          track(origin, message).stream()
              .filter(i -> i.getKind() == kind && concerns(i, recipient))
              .findFirst()
              .ifPresent(found::add);
          return !found.isEmpty();
        });
    return found.get(0);
  }

  private static boolean concerns(EvidenceItem item, String recipient) {
    return item.getRecipient().equals(recipient) || item.getAgency().equals(recipient);
  }

  /** Kinds of what an origin knows of a message at a recipient, each once. */
  Set<EvidenceKind> kinds(String origin, MessageId message, String recipient) {
    return track(origin, message).stream()
        .filter(item -> concerns(item, recipient))
        .map(EvidenceItem::getKind)
        .collect(Collectors.toSet());
  }

  /** Waits, while all do their chores, for a condition. */
  public void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("not after " + PATIENCE + ": " + what);
      }
      doChores();
    }
  }

  /** What a gateway's {@code /metrics} says of one that has no labels. */
  public double metric(String agency, String name) {
    return scrape(agency, "metrics")
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no metric " + name));
  }

  /** What a gateway's admin endpoint answers. */
  public String scrape(String agency, String path) {
    String url = "http://127.0.0.1:" + gateway(agency).adminAddress().getPort() + "/" + path;
    try (var answer = java.net.URI.create(url).toURL().openStream()) {
      return new String(answer.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    List.copyOf(running.keySet()).forEach(this::stop);
  }
}
