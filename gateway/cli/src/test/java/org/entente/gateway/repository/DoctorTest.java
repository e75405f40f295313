package org.entente.gateway.repository;

import static org.entente.gateway.federation.RunningFederation.DE;
import static org.entente.gateway.federation.RunningFederation.FR;
import static org.entente.gateway.federation.RunningFederation.HUB;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.Closeable;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.entente.gateway.ceremony.AgencyPlan;
import org.entente.gateway.ceremony.AgencySetup;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.cli.CommandFixture;
import org.entente.gateway.federation.RunningFederation;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FederationName;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.node.doctor.AdminPort;
import org.entente.gateway.node.doctor.Doctor;
import org.entente.gateway.node.doctor.DoctorCheck;
import org.entente.gateway.node.doctor.DoctorCheck.Phase;
import org.entente.gateway.node.doctor.DoctorChecks;
import org.entente.gateway.node.doctor.DoctorReport;
import org.entente.gateway.node.doctor.DoctorReport.CheckResult;
import org.entente.gateway.node.doctor.DoctorReport.State;
import org.entente.gateway.node.doctor.DoctorSubject;
import org.entente.gateway.trust.AgencyKind;
import org.entente.gateway.trust.AgencyRole;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every check of {@code entente doctor} passes on a good node, and fails where it should. */
class DoctorTest {
  private static final Path PAGE =
      LinkedPagesTest.REPOSITORY.resolve("docs").resolve("operate").resolve("doctor.md");
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `([a-z.-]+)` \\| (\\w+) \\| (\\w+) ");
  private static final Pattern DIALLED = Pattern.compile("dial: 127\\.0\\.0\\.1:(\\d+)");

  /** How to make each check fail. */
  private static final Map<String, Breakage> BREAKAGES = breakages();

  @RegisterExtension final RunningFederation federation = new RunningFederation();
  private final Map<String, AdminPort.Answer> answers = new HashMap<>();
  private final List<Closeable> taken = new ArrayList<>();
  private Path file = Path.of("");
  private String good = "";

  /** Makes one check fail. */
  private interface Breakage {
    void in(DoctorTest node) throws IOException;
  }

  @BeforeEach
  void mint() throws IOException {
    file = federation.config(FR);
    good = Files.readString(file) + disk(2, 1);
    Files.writeString(file, good);
    answer("/readyz", 200, "ready\n");
    answer("/metrics", 200, "entente_link_up{peer=\"de.customs\",} 1.0\n");
  }

  /** What listens in the place of the peers. */
  private void listenAsPeers() throws IOException {
    Matcher dialled = DIALLED.matcher(good);
    while (dialled.find()) {
      taken.add(listen(Integer.parseInt(dialled.group(1))));
    }
  }

  private static ServerSocket listen(int port) throws IOException {
    ServerSocket socket = new ServerSocket();
    socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    return socket;
  }

  @AfterEach
  void end() throws IOException {
    for (Closeable socket : taken) {
      socket.close();
    }
  }

  private void answer(String path, int status, String body) {
    answers.put(path, new AdminPort.Answer(status, body));
  }

  private void write(String yaml) throws IOException {
    assertFalse(yaml.equals(good), "nothing is broken");
    Files.writeString(file, yaml);
  }

  private void write(String from, String to) throws IOException {
    write(good.replace(from, to));
  }

  private Path own(String name) {
    return federation.folder().resolve(FR).resolve("gateway-1").resolve(name);
  }

  private static void mode(Path path, String mode) throws IOException {
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
  }

  private static Map<String, Breakage> breakages() {
    Map<String, Breakage> all = new HashMap<>();
    all.put("configuration.file", node -> node.write("agency: fr.customs\n", ""));
    all.put("configuration.links", node -> node.write("peer: x.hub", "peer: X HUB"));
    all.put("configuration.clients", node -> node.write("[publish,", "[publisch,"));
    all.put(
        "clock.files",
        node ->
            Files.setLastModifiedTime(
                node.own("tls.crt"),
                FileTime.from(node.federation.clock.instant().plus(Duration.ofHours(1)))));
    all.put("trust.bundle", node -> node.write("trust-bundle.note", "absent"));
    all.put("trust.end", node -> node.federation.clock.move(Duration.ofDays(58)));
    all.put("trust.keys-end", node -> node.federation.clock.move(Duration.ofDays(58)));
    all.put("trust.member", node -> node.write("agency: fr.customs", "agency: fr.custom"));
    all.put("trust.links", node -> node.write("peer: x.hub", "peer: x.hubb"));
    all.put(
        "policy.agreements",
        node ->
            Files.writeString(
                node.federation.folder().resolve("agreements").resolve("b.yaml"), "id: b\n"));
    all.put(
        "policy.in-force",
        node -> Files.delete(node.federation.folder().resolve("agreements/warnings.yaml")));
    all.put(
        "policy.members",
        node -> {
          Path warnings = node.federation.folder().resolve("agreements/warnings.yaml");
          Files.writeString(
              warnings, Files.readString(warnings).replace("  purpose_change: true\n", ""));
        });
    all.put(
        "policy.obligations",
        node ->
            node.write("agreements: agreements", "agreements: agreements, cannot_fulfil: [FLY]"));
    all.put(
        "keys.passphrase",
        node -> node.write(node.good + "passphrase: {file: absent.passphrase}\n"));
    all.put("keys.keystore", node -> mode(node.own("keystore"), "rwxr-x---"));
    all.put("keys.tls", node -> mode(node.own("tls.key"), "rw-r-----"));
    all.put("keys.tls-end", node -> node.federation.clock.move(Duration.ofDays(58)));
    all.put("keys.tls-trusted", DoctorTest::useAnotherAuthority);
    all.put("keys.clients", DoctorTest::listAnEndingCertificate);
    all.put("disk.folders", node -> node.write(FR + "/data", "roots.json/data"));
    all.put("disk.ledger", DoctorTest::openTheLedger);
    all.put("disk.free", node -> node.write(disk(2, 1), disk(1_048_576, 1_048_575)));
    all.put("disk.filling", node -> node.write(disk(2, 1), disk(1_048_576, 1)));
    all.put("disk.backups", DoctorTest::openTheBackups);
    all.put("network.listen", node -> node.write("admin: 127.0.0.1:", "admin: 192.0.2.7:"));
    all.put("network.ports", DoctorTest::takeAPort);
    all.put("network.bind", DoctorTest::takeAPortSilently);
    all.put(
        "network.names",
        node ->
            node.write(DIALLED.matcher(node.good).replaceFirst("dial: " + "x".repeat(64) + ":1")));
    all.put("network.peers", DoctorTest::end);
    all.put(
        "network.inward",
        node -> node.write(node.good.replaceAll("(?m)^ +(dial|peers): .*\n", "")));
    all.put(
        "network.endpoints",
        node ->
            node.write(node.good.replaceFirst("peers: 127.0.0.1:\\d+", "peers: 127.0.0.1:17441")));
    all.put("gateway.answers", node -> node.answer("/readyz", 404, "not found\n"));
    all.put("gateway.ready", node -> node.answer("/readyz", 503, "disk: it is full\n"));
    all.put(
        "links.up",
        node -> node.answer("/metrics", 200, "entente_link_up{peer=\"de.customs\",} 0.0\n"));
    for (String topic :
        List.of(
            "ledger",
            "cluster",
            "disk",
            "policy",
            "clock",
            "link",
            "quarantine",
            "subscription",
            "ipr",
            "operation",
            "trust",
            "client",
            "tls",
            "audit",
            "erasures",
            "other")) {
      all.put(
          "gateway." + topic,
          node -> node.answer("/readyz", 200, "ready\nwarning: " + topic + " 1: see there\n"));
    }
    return all;
  }

  private static Breakage breakage(String id) {
    return Objects.requireNonNull(BREAKAGES.get(id), id);
  }

  private static String disk(int slow, int refuse) {
    return "disk: {slow_below_mib: %d, refuse_below_mib: %d}\n".formatted(slow, refuse);
  }

  private static void listAnEndingCertificate(DoctorTest node) throws IOException {
    Instant now = node.federation.clock.instant();
    String list =
        """
        version: 1
        changed: %s
        changed_by: test
        clients:
          - name: night
            scopes: [subscribe]
            certificates:
              - {sha256: "%s", serial: "7f", from: %s, until: %s}
        """
            .formatted(
                now, "0".repeat(64), now.minus(Duration.ofDays(80)), now.plus(Duration.ofDays(5)));
    PrivateFiles.write(node.federation.folder().resolve(FR).resolve("clients.yaml"), list);
  }

  private static void useAnotherAuthority(DoctorTest node) throws IOException {
    AgencyPlan plan =
        new AgencyPlan(
            new FederationName("test.entente.example"),
            new AgencyName(FR),
            AgencyKind.CUSTOMS,
            Set.of(AgencyRole.MEMBER),
            List.of(),
            List.of(),
            List.of(new NodeName("gateway-1")),
            List.of(),
            List.of("127.0.0.1"),
            node.federation.clock.instant().minus(Duration.ofHours(2)),
            node.federation.clock.instant().plus(Duration.ofDays(60)));
    new AgencySetup(plan, node.federation.folder().resolve("again"), null, new SecureRandom())
        .found();
    node.write(node.good.replace(FR + "/gateway-1/tls", "again/gateway-1/tls"));
  }

  private static void openTheLedger(DoctorTest node) throws IOException {
    node.end();
    node.federation.start(FR);
    node.federation.stop(FR);
    mode(node.federation.folder().resolve(FR).resolve("data"), "rwxr-x---");
  }

  private static void openTheBackups(DoctorTest node) throws IOException {
    Path backups = Files.createDirectory(node.federation.folder().resolve("backups"));
    mode(backups, "rwxr-x---");
    node.write(node.good + "backup: {folder: " + backups + "}\n");
  }

  private static void takeAPort(DoctorTest node) throws IOException {
    ServerSocket taken = listen(0);
    node.taken.add(taken);
    node.write("admin: 127.0.0.1:0", "admin: 127.0.0.1:" + taken.getLocalPort());
  }

  /** Bound, and nothing listens: no connection shows it. */
  private static void takeAPortSilently(DoctorTest node) throws IOException {
    Socket bound = new Socket();
    node.taken.add(bound);
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    node.write("admin: 127.0.0.1:0", "admin: 127.0.0.1:" + bound.getLocalPort());
  }

  static Stream<String> ids() {
    return DoctorChecks.ALL.stream().map(DoctorCheck::id);
  }

  private static DoctorCheck check(String id) {
    return DoctorChecks.ALL.stream().filter(it -> it.id().equals(id)).findFirst().orElseThrow();
  }

  private DoctorReport examine(boolean stopped) {
    AdminPort port =
        (at, path) -> {
          AdminPort.Answer answer = answers.get(path);
          if (stopped || answer == null) {
            throw new ConnectException("Connection refused");
          }
          return answer;
        };
    return Doctor.examine(
        new DoctorSubject(
            file,
            federation.clock,
            port,
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 9441)),
        stopped);
  }

  private static CheckResult result(DoctorReport report, String id) {
    return report.results().stream()
        .filter(it -> it.check().id().equals(id))
        .findFirst()
        .orElseThrow();
  }

  private static List<String> notPassed(DoctorReport report) {
    return report.results().stream()
        .filter(it -> it.state() != State.PASSED)
        .map(it -> it.check().id() + " " + it.faults() + it.suppressedBy())
        .toList();
  }

  @ParameterizedTest
  @MethodSource("ids")
  void check_ofAGoodNode_passes_andOfABrokenOne_fails(String id) throws IOException {
    listenAsPeers();
    boolean stopped = check(id).phase() != Phase.RUNNING;
    assertEquals(List.of(), notPassed(examine(stopped)));

    breakage(id).in(this);
    CheckResult broken = result(examine(stopped), id);

    assertEquals(State.FAILED, broken.state(), broken::toString);
    assertFalse(broken.faults().isEmpty());
  }

  @Test
  void list_hasEachIdOnce_afterThoseThatItNeeds_andATestOfEach() {
    Set<String> before = new HashSet<>();
    for (DoctorCheck check : DoctorChecks.ALL) {
      assertTrue(before.containsAll(check.needs()), check + " stands before what it needs");
      assertTrue(before.add(check.id()), check.id() + " stands there twice");
      assertFalse(check.hint().isBlank(), check.id());
    }
    assertEquals(before, BREAKAGES.keySet());
  }

  @Test
  void page_ofACheck_hasItsHeading() throws IOException {
    for (DoctorCheck check : DoctorChecks.ALL) {
      String[] page = check.page().split("#", 2);
      Path path = LinkedPagesTest.REPOSITORY.resolve(page[0]);
      assertTrue(Files.exists(path), check.page());
      assertTrue(
          page.length == 1 || LinkedPagesTest.headings(path).contains(page[1]), check.page());
    }
  }

  @Test
  void pageOfTheDoctor_namesEachCheckWithItsSeverityAndGateway() throws IOException {
    List<String> rows = new ArrayList<>();
    Matcher found = ROW.matcher(Files.readString(PAGE));
    while (found.find()) {
      rows.add(found.group(1) + " " + found.group(2) + " " + found.group(3));
    }
    assertEquals(
        DoctorChecks.ALL.stream()
            .map(
                check ->
                    check.id()
                        + " "
                        + check.severity().name().toLowerCase(Locale.ROOT)
                        + " "
                        + switch (check.phase()) {
                          case BEFORE -> "before";
                          case ALWAYS -> "any";
                          case STOPPED -> "stopped";
                          case RUNNING -> "running";
                        })
            .toList(),
        rows);
  }

  @Test
  void check_whosePrerequisiteFailed_isNotMade_andNamesTheFirstThatFailed() throws IOException {
    breakage("configuration.file").in(this);
    DoctorReport report = examine(true);
    assertEquals(1, report.failed(DoctorCheck.Severity.ERROR));
    for (CheckResult result : report.results()) {
      if (!result.check().id().equals("configuration.file")) {
        assertEquals(State.SUPPRESSED, result.state(), result::toString);
        assertEquals(List.of("configuration.file"), result.suppressedBy());
      }
    }
  }

  /** A script waits with it for a gateway that starts meanwhile, and needs its ports. */
  @Test
  void checkOfAGatewayThatMayStartNow_takesNoPort() {
    answers.clear();
    assertTrue(
        examine(false).results().stream()
            .noneMatch(result -> result.check().phase() == Phase.BEFORE));
  }

  /** The nodes of a replicated gateway that follow need not listen. */
  @Test
  void peer_thatAnswersAtOneOfItsAddresses_isNoFault() throws IOException {
    int silent;
    try (ServerSocket closing = listen(0)) {
      silent = closing.getLocalPort();
    }
    write(DIALLED.matcher(good).replaceAll("dial: [127.0.0.1:" + silent + ", 127.0.0.1:$1]"));
    listenAsPeers();
    assertEquals(List.of(), result(examine(false), "network.peers").faults());
    end();
    taken.clear();
    List<String> faults = result(examine(false), "network.peers").faults();
    assertEquals(good.split("dial: ", -1).length - 1, faults.size(), faults::toString);
    assertTrue(faults.get(0).split("nothing answers at", -1).length == 3, faults::toString);
  }

  @Test
  void pausedLink_isNoFault() {
    answer(
        "/metrics",
        200,
        """
        entente_link_up{peer="de.customs",} 0.0
        entente_link_up{peer="x.hub",} 0.0
        entente_link_paused{peer="de.customs",by="here",} 1.0
        entente_link_paused{peer="x.hub",by="here",} 0.0
        entente_link_undelivered_bytes{peer="de.customs",lane="FLASH",} 7.0
        """);
    assertEquals(List.of("link: x.hub is down"), result(examine(false), "links.up").faults());
  }

  /** The keystore and the encrypted key may be faultless, so nothing says how to make them. */
  @Test
  void passphraseThatCannotBeRead_isOneFault_andItsHintMakesNoKeys() throws IOException {
    breakage("keys.passphrase").in(this);
    DoctorReport report = examine(true);
    assertFalse(result(report, "keys.passphrase").check().hint().contains("init"));
    for (String without : List.of("keys.keystore", "keys.tls")) {
      assertEquals(List.of("keys.passphrase"), result(report, without).suppressedBy());
    }
  }

  @Test
  void keystoreThatCannotBeLookedAt_isNotSaidToHoldNoKey() throws IOException {
    Path keystore = own("keystore");
    Files.move(keystore, own("moved"));
    Files.createSymbolicLink(keystore, keystore);
    List<String> faults = result(examine(true), "keys.keystore").faults();
    assertEquals(1, faults.size(), faults::toString);
    assertTrue(
        faults.get(0).startsWith("keystore: " + keystore + " cannot be used: "), faults::toString);
  }

  @Test
  void linkThatIsDown_isNamedWithTheMailThatWaitsForIt() {
    answer(
        "/metrics",
        200,
        """
        entente_link_up{peer="de.customs",} 0.0
        entente_link_undelivered_bytes{peer="de.customs",lane="FLASH",} 7.0
        entente_link_undelivered_bytes{peer="de.customs",lane="BULK",} 1.2E7
        entente_link_undelivered_bytes{peer="x.hub",lane="BULK",} 5.0
        """);
    assertEquals(
        List.of("link: de.customs is down; 12000007 bytes of mail wait"),
        result(examine(false), "links.up").faults());
  }

  @Test
  void wait_endsWhenNoErrorIsLeft_orItsTimeIsOver() throws Exception {
    breakage("keys.tls").in(this);
    List<Duration> pauses = new ArrayList<>();
    long[] nanos = {0};
    DoctorReport late =
        Doctor.awaitNoError(
            () -> examine(true),
            Duration.ofMillis(2_500),
            () -> nanos[0],
            most -> {
              pauses.add(most);
              nanos[0] += most.toNanos();
            });
    assertTrue(late.hasErrors());
    assertEquals(
        List.of(Duration.ofSeconds(1), Duration.ofSeconds(1), Duration.ofMillis(500)), pauses);

    DoctorReport mended =
        Doctor.awaitNoError(
            () -> examine(true),
            Duration.ofHours(1),
            () -> nanos[0],
            most -> {
              try {
                mode(own("tls.key"), "rw-------");
              } catch (IOException e) {
                throw new AssertionError(e);
              }
            });
    assertFalse(mended.hasErrors(), () -> notPassed(mended).toString());
  }

  @Test
  void command_asksTheGatewayThatRuns_andSaysThatNoneDoes() throws IOException {
    CommandFixture command = new CommandFixture();
    federation.start(DE, HUB, FR);
    String admin = "127.0.0.1:" + federation.gateway(FR).adminAddress().getPort();
    federation.await(
        "the links are up",
        () ->
            federation
                    .scrape(FR, "metrics")
                    .lines()
                    .filter(line -> line.matches("entente_link_up\\{.*} 1\\.0"))
                    .count()
                == 2);

    int code = command.run("doctor", "--config", file.toString(), "--admin", admin, "--json");

    JsonNode report = new ObjectMapper().readTree(command.out());
    assertEquals(0, code, command.out());
    assertEquals(0, report.get("errors").asInt());
    assertEquals("passed", state(report, "links.up"));
    assertEquals("failed", state(report, "gateway.audit"), "there is no other witness");
    assertEquals("", state(report, "keys.tls"), "the gateway has read it");

    federation.stop(FR);
    assertEquals(1, command.run("doctor", "--config", file.toString(), "--admin", admin));
    String said = command.out();
    assertTrue(said.contains("ERROR    gateway.answers"), said);
    assertTrue(said.contains("no gateway answers at " + admin), said);
    assertTrue(said.contains("not checked, because gateway.answers failed: gateway.ready"), said);
    assertTrue(said.contains("ok       keys.tls"), said);
    assertEquals(
        0, command.run("doctor", "--config", file.toString(), "--admin", admin, "--pre"), said);
  }

  private static String state(JsonNode report, String id) {
    for (JsonNode check : report.get("checks")) {
      if (check.get("id").asText().equals(id)) {
        return check.get("state").asText();
      }
    }
    return "";
  }

  @Test
  void commandsOfBackups_warnOfAFolderThatOthersMayRead_andGoOn() throws IOException {
    CommandFixture command = new CommandFixture();
    openTheBackups(this);
    assertEquals(0, command.run("backup", "list", "--config", file.toString()));
    assertTrue(command.err().startsWith("warning: others may read the backups in "), command.err());
    mode(federation.folder().resolve("backups"), "rwx------");
    CommandFixture next = new CommandFixture();
    assertEquals(0, next.run("backup", "list", "--config", file.toString()));
    assertTrue(next.err().startsWith("no backups of "), next.err());
  }

  /** Files that a configuration names, each with its field. */
  static Stream<Arguments> files() {
    return Stream.of(
        arguments("trust.bundle", "bundle: trust-bundle.note", "bundle: %s"),
        arguments("trust.roots", "roots: roots.json", "roots: %s"),
        arguments("tls", "certificate: " + FR + "/gateway-1/tls.crt", "certificate: %s"),
        arguments("tls", "key: " + FR + "/gateway-1/tls.key", "key: %s"),
        arguments("keystore", "keystore: " + FR + "/gateway-1/keystore", "keystore: %s"),
        arguments("policy.agreements", "agreements: agreements", "agreements: %s"),
        arguments(
            "policy.node_rules",
            "agreements: agreements",
            "agreements: agreements, node_rules: %s"),
        arguments("policy.codes", "agreements: agreements", "agreements: agreements, codes: %s"),
        arguments("passphrase", "links:", "passphrase: {file: %s}\nlinks:"));
  }

  /** Whatever is wrong with a file, the doctor says it, and does not fail itself. */
  @ParameterizedTest
  @MethodSource("files")
  void fileThatIsAbsentOrUnreadable_isNamedWithItsField_inOneLine(
      String field, String from, String to) throws IOException {
    Path folder = Files.createDirectory(federation.folder().resolve("a-folder"));
    Path garbage = Files.write(federation.folder().resolve("garbage"), new byte[] {-1, -2, 10, -3});
    mode(garbage, "rw-------");
    Path empty = Files.createFile(federation.folder().resolve("empty"));
    mode(empty, "rw-------");
    for (Path path : List.of(federation.folder().resolve("absent"), folder, garbage, empty)) {
      write(from, to.formatted(path));
      CommandFixture command = new CommandFixture();
      int code = command.run("doctor", "--config", file.toString(), "--pre");
      assertEquals("", command.err(), field);
      if (!mayBe(field, path)) {
        assertEquals(1, code, () -> field + " is " + path + ": " + command.out());
        List<String> named =
            command.out().lines().filter(line -> line.contains(path.toString())).toList();
        assertFalse(named.isEmpty(), () -> field + " is " + path + ": " + command.out());
        assertTrue(named.stream().noneMatch(it -> it.contains("Exception")), named::toString);
        if (path.endsWith("absent")) {
          assertTrue(named.get(0).strip().startsWith(field), named::toString);
        }
      }
    }
  }

  /** What some field accepts: no agreement yet, no code lists of its own, no rule. */
  private static boolean mayBe(String field, Path path) {
    return (path.endsWith("a-folder") && field.equals("policy.agreements"))
        || (path.endsWith("empty") && field.equals("policy.node_rules"));
  }

  @Test
  void configurationThatIsAbsentOrUnreadable_isOneFault_andNothingElseIsChecked()
      throws IOException {
    Path absent = federation.folder().resolve("nodes.yaml");
    CommandFixture command = new CommandFixture();
    assertEquals(1, command.run("doctor", "--config", absent.toString()));
    assertEquals("", command.err());
    List<String> told = command.out().lines().toList();
    assertEquals(6, told.size(), told::toString);
    assertEquals("ERROR    configuration.file", told.get(0));
    assertTrue(
        told.get(1)
            .strip()
            .startsWith(absent + ": cannot be read: there is no such file or folder; valid: a "),
        told::toString);
    assertEquals("not checked, because configuration.file failed: everything else", told.get(4));
    assertEquals("1 error, 0 warnings", told.get(5));

    assertEquals(1, command.run("doctor", "--config", federation.folder().toString(), "--pre"));
    assertTrue(command.out().contains(federation.folder() + ": cannot be read: "), command::out);
    assertEquals("", command.err());
  }

  @Test
  void command_withWrongOptions_isAUsageError() {
    CommandFixture command = new CommandFixture();
    assertEquals(2, command.run("doctor", "--config", file.toString(), "--wait", "-1"));
    assertEquals(2, command.run("doctor", "--config", file.toString(), "--admin", "9441"));
    assertTrue(command.err().contains("--admin: "), command.err());
  }
}
