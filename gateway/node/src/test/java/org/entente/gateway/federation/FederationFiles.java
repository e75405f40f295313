package org.entente.gateway.federation;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.entente.gateway.federation.RunningFederation.JP;
import static org.entente.gateway.federation.RunningFederation.RING;
import static org.entente.gateway.federation.RunningFederation.SG;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.entente.gateway.audit.LogSuccession;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.ceremony.AgencyPlan;
import org.entente.gateway.ceremony.AgencySetup;
import org.entente.gateway.crypto.SigningPair;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.offline.LedgerSuccession;
import org.entente.gateway.note.NoteKeyName;
import org.entente.gateway.testkit.FolderCopy;
import org.entente.gateway.testkit.LoopbackPort;
import org.entente.gateway.testkit.SettableClock;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.Endpoint;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.RootKey;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustRoots;

/**
 * What members of a federation have on their disks, and the root that signs their trust bundle.
 * Gateways whose files a method changes do not run, unless it says so.
 */
final class FederationFiles {
  /** How long a recipient keeps what it was sent. */
  static final Duration RETENTION = Duration.ofDays(5);

  /** How long keys and certificates last. */
  private static final Duration LIFETIME = Duration.ofDays(60);

  private static final FederationName NAME = new FederationName("test.entente.example");
  private static final NodeName GATEWAY = new NodeName("gateway-1");
  static final String CLIENT = "desk";

  /**
   * Clients with certificates; all but the first are in no configuration, unless a test says so.
   */
  private static final List<NodeName> CLIENTS =
      List.of(new NodeName(CLIENT), new NodeName("narcotics"), new NodeName("tobacco"));

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
  private final SettableClock clock;
  private final Path folder;
  private final Instant ends;
  private final SecureRandom random = new SecureRandom();
  private final NoteKeyName rootName = new NoteKeyName("entente/" + NAME + "/root-1");
  private final SigningPair root;
  private final RootSet roots;
  private final Map<String, Member> members = new TreeMap<>();
  private final Map<String, List<String>> groups = new TreeMap<>();
  private final Map<String, AgencyPlan> plans = new TreeMap<>();
  private final Map<String, Path> homes = new TreeMap<>();
  private final Map<String, String> links = new TreeMap<>();
  private final Map<String, Integer> peerPorts = new TreeMap<>();
  private long version;

  /**
   * Mints one: {@code fr.customs} and {@code de.customs} linked directly, {@code sg.police} behind
   * the transit {@code x.hub}. Recipients keep what they were sent for so long.
   */
  static FederationFiles star(Path folder, SettableClock clock, Duration retention)
      throws IOException {
    FederationFiles star = new FederationFiles(folder, clock, retention, List.of(DE, FR, HUB));
    star.found(DE, AgencyKind.CUSTOMS, AgencyRole.MEMBER);
    star.found(FR, AgencyKind.CUSTOMS, AgencyRole.MEMBER, HUB);
    star.found(SG, AgencyKind.POLICE, AgencyRole.MEMBER, HUB);
    star.found(HUB, AgencyKind.OTHER, AgencyRole.TRANSIT);
    star.configure(DE, star.link(FR, false));
    star.configure(FR, star.link(DE, true) + star.link(HUB, true));
    star.configure(SG, star.link(HUB, true));
    star.configure(HUB, star.link(FR, false) + star.link(SG, false));
    star.publishBundle(member -> member);
    return star;
  }

  /**
   * Another: {@code sg.police} behind three transits that are linked with each other, of which the
   * first leads to it and to {@code fr.customs}. Without that, the first would take the second for
   * the way to it, the second the third; and the third, which holds another bundle of the same
   * version, takes the first. (Under one bundle honest transits cannot lead in a circle: each takes
   * the first of the recipient's transits that it has a link to, and never goes back.)
   */
  static FederationFiles ring(Path folder, SettableClock clock) throws IOException {
    String one = RING.get(0);
    String two = RING.get(1);
    String three = RING.get(2);
    FederationFiles ring =
        new FederationFiles(folder, clock, RETENTION, List.of(FR, one, two, three));
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
  static FederationFiles twoTransits(Path folder, SettableClock clock) throws IOException {
    String one = RING.get(0);
    String two = RING.get(1);
    FederationFiles made = new FederationFiles(folder, clock, RETENTION, List.of(FR, one, two));
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
  static FederationFiles coRecipient(Path folder, SettableClock clock) throws IOException {
    FederationFiles made = new FederationFiles(folder, clock, RETENTION, List.of(FR, HUB, JP));
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

  private FederationFiles(Path folder, SettableClock clock, Duration retention, List<String> ports)
      throws IOException {
    this.folder = folder;
    this.clock = clock;
    this.ends = clock.instant().plus(LIFETIME);
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

  private FederationFiles(FederationFiles minted, Path folder, SettableClock clock) {
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
  FederationFiles copyTo(Path other, SettableClock itsClock) throws IOException {
    Files.createDirectories(other);
    try (Stream<Path> parts = Files.list(folder)) {
      for (Path part : parts.toList()) {
        FolderCopy.of(part, other.resolve(folder.relativize(part).toString()));
      }
    }
    return new FederationFiles(this, other, itsClock);
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
    FolderCopy.of(folder.resolve(agency).resolve("data"), kept);
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
    FolderCopy.of(kept, data);
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
        client_list: %s/clients.yaml
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
    FolderCopy.of(folder.resolve("agreements"), into.resolve("agreements"));
    FolderCopy.of(folder.resolve(agency), into.resolve(agency));
    Path config = into.resolve("node.yaml");
    Files.writeString(
        config, Files.readString(config(agency)).replaceAll("(?m)^  peers: .*\\n", ""));
    return config;
  }

  /** A gateway that does not run has another client, which sits at a desk of its own name. */
  void seat(String agency, String client) throws IOException {
    Files.writeString(
        config(agency),
        Files.readString(config(agency))
            + """
              - name: %s
                desks: [%s]
                scopes: [publish, subscribe, search, watch, respond, operate_jointly, task, score]
            """
                .formatted(client, client));
  }

  /** The configuration of an agency's gateway. */
  Path config(String agency) {
    return folder.resolve(agency + ".yaml");
  }

  /** Signs the next version of the trust bundle with one group more. */
  void foundGroup(String name, String... jurisdictions) throws IOException {
    groups.put(name, List.of(jurisdictions));
    publishBundle(member -> member);
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
            new TreeMap<>(groups),
            List.copyOf(members.values()));
    Path next = folder.resolve("trust-bundle.next");
    Files.write(next, BundleSigner.sign(content, Map.of(rootName, root)));
    Files.move(
        next,
        folder.resolve("trust-bundle.note"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
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

  /** The folder of all of them. */
  Path folder() {
    return folder;
  }

  /** When keys and certificates end. */
  Instant ends() {
    return ends;
  }

  /** The port on which a gateway's peers reach it, if it listens to them. */
  Optional<Integer> peerPort(String agency) {
    return Optional.ofNullable(peerPorts.get(agency));
  }

  /** A client's credentials. */
  Path credentials(String agency, String client) {
    return home(agency).resolve("clients").resolve(client);
  }
}
