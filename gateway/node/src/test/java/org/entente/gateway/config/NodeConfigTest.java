package org.entente.gateway.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.DayOfWeek;
import java.time.LocalDate;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Bounds in a node's configuration: their defaults, and what is said where they are wrong. */
class NodeConfigTest {
  private static final String NODE =
      """
      federation: test.entente.example
      agency: fr.customs
      gateway: gateway-1
      trust: { bundle: b, roots: r }
      tls: { certificate: c, key: k }
      keystore: s
      data: d
      audit: a
      policy: { agreements: p }
      listen: { clients: "127.0.0.1:0", admin: "127.0.0.1:0" }
      """;

  private static YamlReadResult<NodeConfig> read(String more) {
    return new YamlFiles()
        .parse("node.yaml", (NODE + more).getBytes(StandardCharsets.UTF_8), NodeConfig.class);
  }

  private static NodeConfig good(String more) {
    return (NodeConfig) assertInstanceOf(YamlReadResult.Read.class, read(more)).value();
  }

  @Test
  void field_thatIsMissing_isNamedWhereItBelongs() {
    for (String line : NODE.lines().toList()) {
      String name = line.substring(0, line.indexOf(':'));
      assertEquals(
          "node.yaml:1:1: " + name + ": the field is missing", problem(line + "\n", ""), name);
    }
    assertTrue(problem("certificate: c, ", "").contains(": tls.certificate: the field is missing"));
    assertTrue(
        problem("listen: ", "clients: [{ scopes: [publish] }]\nlisten: ")
            .contains(": clients[0].name: the field is missing"));
  }

  /** What is said of the node with a text in the place of another. */
  private static String problem(String some, String other) {
    assertTrue(NODE.contains(some), some);
    byte[] yaml = NODE.replace(some, other).getBytes(StandardCharsets.UTF_8);
    var unreadable =
        assertInstanceOf(
            YamlReadResult.Unreadable.class,
            new YamlFiles().parse("node.yaml", yaml, NodeConfig.class));
    return unreadable.problems().get(0).toString();
  }

  @Test
  void console_isOffUnlessItIsThere_andHasBounds() {
    assertNull(good("").console());
    assertEquals(
        new NodeConfig.Console(List.of(), 120, 15, 12, 4, 8), good("console: {}").console());
    for (String field :
        List.of("token_seconds: 601", "idle_minutes: 481", "session_hours: 25", "sessions: 33")) {
      String told = problem("data: d\n", "data: d\nconsole: { " + field + " }\n");
      assertTrue(
          told.contains("console." + field.replace(": ", " is ") + "; it must be from"), told);
    }
    for (String host : List.of("gw.example", "https://gw.example", "GW.example:443", "a b:1")) {
      String told = problem("data: d\n", "data: d\nconsole: { hosts: [\"" + host + "\"] }\n");
      assertTrue(told.contains("valid is host:port in lower case"), told);
    }
  }

  @Test
  void peer_isDialledAtOneAddress_atSeveral_orNotAtAll() {
    List<List<String>> dialled =
        good(
                "links: [{ peer: a, dial: \"h:1\" }, { peer: b, dial: [\"h:1\", \"i:2\"] }, { peer:"
                    + " c }]\n")
            .links()
            .stream()
            .map(NodeConfig.Link::dial)
            .toList();
    assertEquals(List.of(List.of("h:1"), List.of("h:1", "i:2"), List.of()), dialled);
    String some = "\"h:1\", ".repeat(2);
    assertTrue(
        problem("data: d\n", "data: d\nlinks: [{ peer: a, dial: [" + some + "] }]\n")
            .contains("valid is at most 16 different addresses"));
    String one = YamlFiles.print(new NodeConfig.Link("a", List.of("h:1"), null));
    assertTrue(one.contains("dial: h:1\n"), one);
  }

  @Test
  void tracing_isOffUnlessItIsThere_andHasBounds() {
    assertNull(good("").tracing());
    String local = "http://127.0.0.1:4318/v1/traces";
    assertEquals(
        new TracingConfig(local, 0.0, 10, 4_096),
        good("tracing: { endpoint: \"" + local + "\" }").tracing());
    for (String field :
        List.of(
            "sample_ratio: 1.01",
            "sample_ratio: -0.5",
            "traces_per_second: 10001",
            "queued_spans: 255")) {
      String told =
          problem(
              "data: d\n", "data: d\ntracing: { endpoint: \"" + local + "\", " + field + " }\n");
      assertTrue(told.contains("tracing." + field.substring(0, field.indexOf(':'))), told);
      assertTrue(told.contains("it must be from"), told);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://localhost:4318/v1/traces",
        "http://[::1]:4318/v1/traces",
        "https://collector.example/v1/traces",
        "https://[2001:db8::1]:4318/v1/traces"
      })
  void endpointOfTraces_isHttps_orOfThisMachine(String endpoint) {
    TracingConfig tracing =
        Objects.requireNonNull(good("tracing: { endpoint: \"" + endpoint + "\" }").tracing());
    assertEquals(endpoint, tracing.endpoint());
  }

  /** Ids and agencies are not for the network in plain text. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://collector.example:4318/v1/traces",
        "http://127.0.0.1.example:4318/v1/traces",
        "http://10.0.0.1/v1/traces",
        "https://user:word@collector.example/v1/traces",
        "https://collector.example/v1/traces?key=word",
        "https://collector.example",
        "grpc://localhost:4317/",
        "/v1/traces"
      })
  void endpointOfTraces_thatIsAnother_isRefused(String endpoint) {
    String told = problem("data: d\n", "data: d\ntracing: { endpoint: \"" + endpoint + "\" }\n");
    assertTrue(told.contains("tracing.endpoint is " + endpoint + "; valid is an https"), told);
  }

  @Test
  void console_onEveryAddressOfItsMachine_needsAHost() {
    for (String any : List.of("0.0.0.0:9441", "[::]:9441", ":::9441")) {
      String told = problem("admin: \"127.0.0.1:0\" }", "admin: \"" + any + "\" }\nconsole: {}");
      assertTrue(told.contains("console.hosts is missing"), told);
    }
  }

  @Test
  void release_bySameClient_isRefusedByDefault_andAllowedByThatWordOnly() {
    assertFalse(good("").releaseInForce().allowsSameClient());
    assertFalse(good("release: {}").releaseInForce().allowsSameClient());
    assertFalse(good("release: { same_client: refused }").releaseInForce().allowsSameClient());
    assertTrue(good("release: { same_client: allowed }").releaseInForce().allowsSameClient());
    String problem = problem("data: d\n", "data: d\nrelease: { same_client: yes }\n");
    assertTrue(
        problem.contains("release.same_client is yes; it must be refused or allowed"), problem);
  }

  @Test
  void disk_absentOrInPart_hasDefaults() {
    assertEquals(new NodeConfig.Disk(2_048, 512, 1_024, 50), good("").diskInForce());
    assertEquals(
        new NodeConfig.Disk(600, 512, 1_024, 50),
        good("disk: { slow_below_mib: 600 }").diskInForce());
    assertEquals(
        new NodeConfig.Disk(128, 64, 4_096, 900),
        good("disk: { slow_below_mib: 128, refuse_below_mib: 64, rewrite_kib_per_second: 4096,"
                + " agency_percent: 900 }")
            .diskInForce());
  }

  @Test
  void limits_inPart_haveDefaultsElsewhere() {
    assertEquals(NodeConfig.Limits.DEFAULT, good("").limitsInForce());
    NodeConfig.Limits some = good("limits: { streams_per_client: 7 }").limitsInForce();
    assertEquals(7, some.streamsPerClient());
    assertEquals(64, some.workerThreads());
    assertEquals(NodeConfig.Limits.DEFAULT.messageBytes(), some.messageBytes());
    assertEquals(2, good("witnesses: { quorum: 2 }").witnessesInForce().quorum());
  }

  @Test
  void backup_absentOrInPart() {
    assertNull(good("").backup());
    assertEquals(
        new NodeConfig.Backup(Path.of("copies"), 7), good("backup: { folder: copies }").backup());
  }

  @Test
  void subscriptions_areReadAsWritten() {
    assertEquals(List.of(), good("").subscriptions());
    assertEquals(
        List.of(
            new NodeConfig.Subscription("desk", "shift", true, "true", null, null, 60, 0),
            new NodeConfig.Subscription("desk", "x", null, null, true, true, 0, 0)),
        good("subscriptions: [{ client: desk, name: shift, shared: true, condition: 'true',"
                + " lease_seconds: 60 }, { client: desk, name: x, exercise: true, from_now:"
                + " true }]")
            .subscriptions());
    String missing = read("subscriptions: [{ client: desk }]").toString();
    assertTrue(missing.contains("subscriptions[0].name"), missing);
  }

  /** Nought would be read as at once by one and as no rule by another. */
  @Test
  void exerciseRetention_absentIsNoRule_andNoughtIsRefused() {
    assertEquals(Optional.empty(), good("").exerciseDays());
    assertEquals(Optional.of(30), good("exercise_retention_days: 30").exerciseDays());
    assertEquals(Optional.of(36_500), good("exercise_retention_days: 36500").exerciseDays());
    for (String wrong : List.of("0", "-1", "36501")) {
      String problems = read("exercise_retention_days: " + wrong).toString();
      assertTrue(
          problems.contains("exercise_retention_days is " + wrong + "; it must be from 1 to 36500"),
          problems);
    }
  }

  @Test
  void ipr_inPart_hasDefaults() {
    IprConfig ipr =
        good("ipr: { time_zone: Europe/Paris, calendar_until: 2026-12-31 }").iprInForce();
    assertEquals(
        new IprConfig(
            "Europe/Paris",
            List.of(DayOfWeek.SATURDAY, DayOfWeek.SUNDAY),
            List.of(),
            LocalDate.of(2026, 12, 31),
            48,
            183,
            366),
        ipr);
    assertEquals(IprConfig.UNUSED, good("").iprInForce());
  }

  /** A calendar that nobody gave would compute wrong deadlines. */
  @Test
  void risk_absent_hasNoBands_andMoreThanTenAreRefused() {
    assertEquals(List.of(), good("").riskInForce().bandsInForce());
    StringBuilder bands = new StringBuilder("risk: { bands: [");
    for (int i = 0; i < 11; i++) {
      bands.append("{ name: B").append(i).append(", from_per_mille: ").append(i).append(" }, ");
    }
    var unreadable = assertInstanceOf(YamlReadResult.Unreadable.class, read(bands + "] }"));
    String problem = unreadable.problems().get(0).toString();
    assertTrue(problem.contains("more than 10 bands"), problem);
  }

  /** Else what is for a desk where nobody sits would be given to nobody. */
  @Test
  void readersThatAllSitAtDesks_areRefused_andOneThatSitsAtNoneIsEnough() {
    String seated = "clients: [{ name: a, scopes: [subscribe], desks: [narc, ipr] }";
    var unreadable = assertInstanceOf(YamlReadResult.Unreadable.class, read(seated + "]"));
    String problem = unreadable.problems().get(0).toString();
    assertTrue(problem.contains("clients.desks: every client"), problem);
    var still =
        assertInstanceOf(
            YamlReadResult.Unreadable.class, read(seated + ", { name: b, scopes: [publish] }]"));
    assertTrue(still.problems().get(0).toString().contains("clients.desks: every client"));
    NodeConfig config = good(seated + ", { name: b, scopes: [search] }]");
    assertEquals(List.of("narc", "ipr"), config.clients().get(0).desks());
    assertFalse(config.clients().get(0).onlyDesks());
  }

  @Test
  void folderOfAttachments_insideOrAroundAnother_isRefused() {
    for (String folder : List.of("d/files", "d", "x/../s", "a/b/c", "copies/files", ".")) {
      var unreadable =
          assertInstanceOf(
              YamlReadResult.Unreadable.class,
              read("backup: { folder: copies }\nattachments: { folder: " + folder + " }"));
      String problem = unreadable.problems().get(0).toString();
      assertTrue(problem.contains("attachments.folder is " + folder + " and "), problem);
      assertTrue(problem.contains("neither may be inside the other"), problem);
    }
    assertEquals(
        Path.of("data-files"),
        Objects.requireNonNull(good("attachments: { folder: data-files }").attachments()).folder());
  }

  @Test
  void scopeOfIpr_withoutACalendar_isRefused() {
    for (String scope : List.of("ipr", "rights_holder")) {
      var unreadable =
          assertInstanceOf(
              YamlReadResult.Unreadable.class,
              read("clients: [{ name: a, scopes: [" + scope + "] }]"));
      String problem = unreadable.problems().get(0).toString();
      assertTrue(problem.contains("node.yaml") && problem.contains("ipr is missing"), problem);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "disk: { slow_below_mib: 500 } | disk.refuse_below_mib is 512; it must be less than",
        "disk: { refuse_below_mib: -1 } | disk.refuse_below_mib is -1; it must be from 1 to",
        "disk: { slow_below_mib: 2000000 } | disk.slow_below_mib is 2000000; it must be from 1",
        "disk: { rewrite_kib_per_second: 9 } | disk.rewrite_kib_per_second is 9; it must be from"
            + " 64",
        "disk: { agency_percent: 901 } | disk.agency_percent is 901; it must be from 1 to 900",
        "disk: { slow_below_mib: many } | disk.slow_below_mib: \"many\"; valid: a whole number",
        "disk: { slow_below_mib: 2.5 } | disk.slow_below_mib: \"2.5\"; valid: a whole number",
        "backup: { folder: copies, keep: 1001 } | backup.keep is 1001; it must be from 1 to 1000",
        "limits: { handshake_seconds: 900 } | limits.handshake_seconds is 900; it must be from 1",
        "limits: { per_agency: { verifications: 99 } } | limits.per_agency.verifications is 99; it "
            + "must be from 100 to 1000000",
        "limits: { per_agency: { commits: 99 } } | limits.per_agency.commits is 99; it must be"
            + " from",
        "limits: { per_agency: { gateway_keys: 9 } } | limits.per_agency.gateway_keys is 9; it"
            + " must",
        "limits: { per_agency: { messages: 999 } } | limits.per_agency.messages is 999; it must be",
        "limits: { per_agency: { relayed_kib: 255 } } | limits.per_agency.relayed_kib is 255; it"
            + " must",
        "limits: { per_agency: { open_requests: 1 } } | limits.per_agency.open_requests is 1; it"
            + " must",
        "limits: { per_agency: { undecided_consents: 1 } } | limits.per_agency.undecided_consents"
            + " is 1; it must be from 2 to 1000000",
        "limits: { per_agency: { open_operations: 10001 } } | limits.per_agency.open_operations is"
            + " 10001; it must be from 2 to 10000",
        "limits: { worker_threads: 7 } | limits.worker_threads is 7; it must be from 8 to 1024",
        "disk: { slow_below: 5 } | slow_below: unknown field; valid: one of agency_percent",
        "clients: [{ name: a, scopes: [rights_holder, publish] }] | a rights holder may have that"
            + " scope only",
        "clients: [{ name: a, scopes: [subscribe], desks: [Narc] }] | clients.desks of a: a desk"
            + " name",
        "clients: [{ name: a, scopes: [audit], desks: [narc] }] | cannot be combined with the "
            + "scope audit",
        "clients: [{ name: a, scopes: [consent], desks: [narc] }] | cannot be combined with the "
            + "scope consent",
        "clients: [{ name: a, scopes: [retention], desks: [narc] }] | cannot be combined with "
            + "the scope retention",
        "clients: [{ name: a, scopes: [operator], desks: [narc] }] | cannot be combined with "
            + "the scope operator",
        "clients: [{ name: a, scopes: [search], desks_only: true }] | the client would receive "
            + "nothing",
        "risk: { bands: [{ name: HIGH, from_per_mille: 1001 }] } | from_per_mille is 1001; it must"
            + " be from 0 to 1000",
        "risk: { bands: [{ name: high, from_per_mille: 1 }] } | risk.bands.name must be 1 to 20"
            + " characters",
        "risk: { bands: [{ name: A, from_per_mille: 1 }, { name: B, from_per_mille: 1 }] } | twice",
        "risk: { bands: [{ name: A, from_per_mille: 1 }, { name: A, from_per_mille: 2 }] } | twice",
        "ipr: { time_zone: Paris, calendar_until: 2026-12-31 } | ipr.time_zone is unknown",
        "ipr: { time_zone: UTC } | ipr.calendar_until",
        "ipr: { time_zone: UTC, calendar_until: 2026-12-31, keep_days: 29 } | ipr.keep_days is 29;"
            + " it must be from 30",
        "ipr: { time_zone: UTC, calendar_until: 2026-12-31, holidays: [25 December] } | a date such"
            + " as 2026-01-31",
        "ipr: { time_zone: UTC, calendar_until: 2026-12-31, weekend: [SUNDAY, HOLIDAY] } | one of"
            + " MONDAY"
      })
  void bound_thatIsWrong_isRefusedWithPlaceAndCure(String text, String expected) {
    var unreadable = assertInstanceOf(YamlReadResult.Unreadable.class, read(text));
    String problem = unreadable.problems().get(0).toString();
    assertTrue(problem.contains("node.yaml:11"), problem);
    assertTrue(problem.contains(expected), problem);
  }

  /** A file with {@code limits.per_client} reads that first; so may a test. */
  @Test
  void defaults_ofLimits_areWhole_whicheverRecordIsUsedFirst() throws ReflectiveOperationException {
    ClassLoader fresh = new Fresh();
    Class.forName(NodeConfig.PerClient.class.getName(), true, fresh);
    Class<?> limits = Class.forName(NodeConfig.Limits.class.getName(), true, fresh);
    Object defaults = limits.getField("DEFAULT").get(null);
    assertNotNull(limits.getMethod("perClient").invoke(defaults));
  }

  /** Loads the configuration's classes again, not yet initialized. */
  private static final class Fresh extends ClassLoader {
    Fresh() {
      super(NodeConfig.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith(NodeConfig.class.getPackageName())) {
        return super.loadClass(name, resolve);
      }
      Class<?> loaded = findLoadedClass(name);
      return loaded == null ? define(name) : loaded;
    }

    private Class<?> define(String name) throws ClassNotFoundException {
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = Objects.requireNonNull(in, name).readAllBytes();
        return defineClass(name, bytes, 0, bytes.length);
      } catch (IOException e) {
        throw new ClassNotFoundException(name, e);
      }
    }
  }
}
