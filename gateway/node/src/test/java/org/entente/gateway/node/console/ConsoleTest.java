package org.entente.gateway.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.util.Timestamps;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.entente.gateway.admin.AdminPages.Answer;
import org.entente.gateway.admin.AdminPages.Connection;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.proto.v1.EvidenceItem;
import org.entente.proto.v1.EvidenceKind;
import org.junit.jupiter.api.Test;

/** Who gets into the console, and what it answers. */
class ConsoleTest {
  private static final String PEERS = "/console/peers";
  private static final List<String> PAGES =
      List.of("/console/", "/console/map", PEERS, "/console/rates", "/console/refusals");

  private final ConsoleKit kit = new ConsoleKit(ConsoleKit.defaults());

  private static Links.Link link(String peer, boolean up, long backlog, Instant oldest) {
    return link(peer, up, backlog, oldest, 0);
  }

  private static Links.Link link(
      String peer, boolean up, long backlog, Instant oldest, long undelivered) {
    AgencyName name = new AgencyName(peer);
    return new Links.Link(
        name,
        new PeerStatus(
            name, up, Optional.empty(), Optional.empty(), Optional.of(oldest), List.of()),
        Optional.empty(),
        Lane.all().stream()
            .map(
                lane ->
                    new Links.LinkLane(
                        lane, null, null, backlog, oldest.toEpochMilli(), undelivered))
            .toList());
  }

  @Test
  void token_opensOnce() {
    String token = kit.token(ConsoleKit.OPERATOR);
    Answer.Page first = kit.enter(token);
    assertEquals(303, first.status());
    assertEquals("/console/", first.headers().get("Location"));
    String cookie = String.valueOf(first.headers().get("Set-Cookie"));
    assertTrue(
        cookie.matches(
            "entente-console-9441=[0-9a-f]{64}; Path=/console/; HttpOnly; SameSite=Strict"),
        cookie);
    assertFalse(cookie.contains(token));
    assertEquals(403, kit.enter(token).status());
    assertEquals(403, kit.enter("").status());
    assertEquals(403, kit.enter("0".repeat(64)).status());
  }

  /** A link of another client has the browser send that client's token. */
  @Test
  void token_whereASessionIs_opensOnlyWhenTheUserSaysSo() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    String token = kit.token(ConsoleKit.AUDITOR);
    Map<String, String> headers =
        Map.of("host", ConsoleKit.HOST, "origin", "http://" + ConsoleKit.HOST, "cookie", cookie);
    Answer.Page asked = ConsoleKit.page(kit.enter(token, headers));
    assertEquals(409, asked.status());
    assertFalse(asked.headers().containsKey("Set-Cookie"));
    assertTrue(asked.body().contains("to client operator"), asked.body());
    assertEquals(200, kit.get(PEERS, cookie).status());

    Answer.Page replaced =
        kit.post("/console/enter", headers, Map.of("token", token, "replace", "yes"));
    assertEquals(303, replaced.status());
    assertEquals("/console/audit", replaced.headers().get("Location"));

    kit.clock.move(Duration.ofMinutes(15));
    token = kit.token(ConsoleKit.AUDITOR);
    assertEquals(303, ConsoleKit.page(kit.enter(token, headers)).status(), "it has ended");
  }

  @Test
  void token_thatIsTooOld_opensNothing() {
    String early = kit.token(ConsoleKit.OPERATOR);
    kit.clock.move(Duration.ofSeconds(119));
    String late = kit.token(ConsoleKit.OPERATOR);
    kit.clock.move(Duration.ofSeconds(1));
    assertEquals(403, kit.enter(early).status());
    assertEquals(303, kit.enter(late).status());
  }

  @Test
  void session_endsWhenItIsIdle_andAfterItsHours() {
    String idle = kit.session(ConsoleKit.OPERATOR);
    String used = kit.session(ConsoleKit.OPERATOR);
    for (int minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
      kit.clock.move(Duration.ofMinutes(10));
      assertEquals(200, kit.get(PEERS, used).status());
    }
    assertEquals(401, kit.get(PEERS, idle).status());
    kit.clock.move(Duration.ofMinutes(10));
    assertEquals(401, kit.get(PEERS, used).status());
  }

  @Test
  void livePage_keepsNoSession_andSaysThatItHasEnded() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    Answer.Stream stream =
        ConsoleKit.stream(
            kit.answer(
                "GET",
                "/console/live?page=/console/peers",
                Map.of("host", ConsoleKit.HOST, "cookie", cookie)));
    kit.clock.move(Duration.ofMinutes(14));
    assertTrue(stream.events().get().orElseThrow().startsWith("event: figures\n"));
    kit.clock.move(Duration.ofMinutes(1));
    assertEquals(Optional.of("event: ended\ndata: {}\n\n"), stream.events().get());
    assertEquals(Optional.empty(), stream.events().get());
  }

  /** An open page asks for figures again after an error, and loads itself when findings change. */
  @Test
  void requestsOfAPageByItself_keepNoSession() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    Map<String, String> headers = Map.of("host", ConsoleKit.HOST, "cookie", cookie);
    for (int minute = 0; minute < 14; minute++) {
      kit.clock.move(Duration.ofMinutes(1));
      assertEquals(200, kit.get(PEERS + "?unattended=", cookie).status());
      ConsoleKit.stream(kit.answer("GET", "/console/live?page=" + PEERS, headers)).end().run();
    }
    kit.clock.move(Duration.ofMinutes(1));
    assertEquals(401, kit.get(PEERS + "?unattended=", cookie).status());
  }

  @Test
  void clientWhoseScopesAreWithdrawn_isOutAtOnce() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    kit.withdrawn = true;
    assertEquals(401, kit.get(PEERS, cookie).status());
  }

  @Test
  void oneSessionMore_endsTheOldestOfItsClientAlone() {
    String other = kit.session("second");
    String first = kit.session(ConsoleKit.OPERATOR);
    kit.clock.move(Duration.ofSeconds(1));
    for (int i = 1; i < 4; i++) {
      assertNotEquals(first, kit.session(ConsoleKit.OPERATOR));
    }
    kit.clock.move(Duration.ofSeconds(1));
    assertEquals(200, kit.get(PEERS, first).status());
    kit.clock.move(Duration.ofSeconds(1));
    String fifth = kit.session(ConsoleKit.OPERATOR);
    assertEquals(200, kit.get(PEERS, fifth).status());
    assertEquals(200, kit.get(PEERS, first).status(), "it was used after the others");
    assertEquals(200, kit.get(PEERS, other).status());
    for (int i = 0; i < 4; i++) {
      kit.clock.move(Duration.ofSeconds(1));
      assertNotEquals(fifth, kit.session(ConsoleKit.OPERATOR));
    }
    assertEquals(401, kit.get(PEERS, first).status());
    assertEquals(200, kit.get(PEERS, other).status());
  }

  @Test
  void stranger_seesNothingButTheForm() {
    kit.links.add(link("de.customs", true, 0, kit.clock.instant()));
    for (String cookie :
        List.of("", "entente-console-9441=", "entente-console-9441=guess", ";;=")) {
      for (String path : PAGES) {
        Answer.Page page = kit.get(path, cookie);
        assertEquals(401, page.status());
        assertFalse(page.body().contains("customs"), page.body());
      }
      assertEquals(401, kit.get("/console/live?page=/console/peers", cookie).status());
      assertEquals(401, kit.get("/console/nothing", cookie).status());
    }
    assertEquals(200, kit.get("/console/enter", "").status());
  }

  @Test
  void otherHost_isRefused_whateverItsCookie() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    for (String host :
        List.of("evil.example", "127.0.0.1", "127.0.0.1:9442", "", "127.0.0.1:9441.")) {
      for (String path : List.of("/console/", "/console/enter", "/console/static/live.js")) {
        Answer.Page page =
            ConsoleKit.page(kit.answer("GET", path, Map.of("host", host, "cookie", cookie)));
        assertEquals(421, page.status(), host);
      }
      String token = kit.token(ConsoleKit.OPERATOR);
      assertEquals(
          421,
          ConsoleKit.page(kit.enter(token, Map.of("host", host, "origin", "http://" + host)))
              .status());
    }
    assertEquals(
        200,
        ConsoleKit.page(
                kit.answer("GET", PEERS, Map.of("host", "LOCALHOST:9441", "cookie", cookie)))
            .status());
  }

  @Test
  void otherMachine_withoutTls_isRefused() {
    Map<String, String> headers =
        Map.of("host", ConsoleKit.HOST, "cookie", kit.session(ConsoleKit.OPERATOR));
    Connection away = new Connection(false, false, List.of());
    assertEquals(403, ConsoleKit.page(kit.answer("GET", PEERS, headers, away)).status());
    Connection encrypted = new Connection(true, false, List.of());
    assertEquals(200, ConsoleKit.page(kit.answer("GET", PEERS, headers, encrypted)).status());
  }

  @Test
  void form_ofAnotherOrigin_orWithoutOne_isNotTaken() {
    String token = kit.token(ConsoleKit.OPERATOR);
    for (String origin : List.of("http://evil.example", "null", "https://" + ConsoleKit.HOST)) {
      Map<String, String> headers = Map.of("host", ConsoleKit.HOST, "origin", origin);
      assertEquals(403, ConsoleKit.page(kit.enter(token, headers)).status(), origin);
    }
    assertEquals(403, ConsoleKit.page(kit.enter(token, Map.of("host", ConsoleKit.HOST))).status());
    assertEquals(303, kit.enter(token).status(), "none of these used it up");
  }

  @Test
  void otherMethods_changeNothing() {
    Map<String, String> headers =
        Map.of("host", ConsoleKit.HOST, "cookie", kit.session(ConsoleKit.OPERATOR));
    for (String method : List.of("POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE")) {
      for (String path : PAGES) {
        assertEquals(405, ConsoleKit.page(kit.answer(method, path, headers)).status(), method);
      }
    }
  }

  @Test
  void certificate_ofAnOperator_isEnough_andOfAnotherClientIsNot() {
    Map<String, String> headers = Map.of("host", ConsoleKit.HOST);
    Connection operator = new Connection(true, false, kit.holder(ConsoleKit.OPERATOR).chain());
    Connection desk = new Connection(true, false, kit.holder(ConsoleKit.DESK).chain());
    Connection unknown = new Connection(true, false, kit.holder("nobody").chain());
    assertEquals(200, ConsoleKit.page(kit.answer("GET", PEERS, headers, operator)).status());
    assertEquals(401, ConsoleKit.page(kit.answer("GET", PEERS, headers, desk)).status());
    assertEquals(401, ConsoleKit.page(kit.answer("GET", PEERS, headers, unknown)).status());
  }

  /** A browser adds its certificate to what the pages of other sites ask for. */
  @Test
  void requestsThatAnotherSiteMakes_areRefused_andCostTheClientNothing() {
    Connection operator = new Connection(true, false, kit.holder(ConsoleKit.OPERATOR).chain());
    for (String site : List.of("cross-site", "same-site", "Same-Origin,none")) {
      Map<String, String> headers = Map.of("host", ConsoleKit.HOST, "sec-fetch-site", site);
      for (int i = 0; i < 3_000; i++) {
        assertEquals(403, ConsoleKit.page(kit.answer("GET", PEERS, headers, operator)).status());
      }
      String live = "/console/live?page=" + PEERS;
      assertEquals(403, ConsoleKit.page(kit.answer("GET", live, headers, operator)).status());
    }
    for (String site : List.of("none", "same-origin")) {
      Map<String, String> headers = Map.of("host", ConsoleKit.HOST, "sec-fetch-site", site);
      assertEquals(200, ConsoleKit.page(kit.answer("GET", PEERS, headers, operator)).status());
    }
  }

  @Test
  void page_needsItsScope() {
    String operator = kit.session(ConsoleKit.OPERATOR);
    String officer = kit.session(ConsoleKit.OFFICER);
    for (String path : PAGES) {
      assertEquals(200, kit.get(path, operator).status());
      Answer.Page refused = kit.get(path, officer);
      assertEquals(403, refused.status());
      assertTrue(refused.body().contains("scope operator"), refused.body());
      assertTrue(refused.body().contains("href=\"/console/message\""), "it may go on from here");
      assertEquals(404, kit.get("/console/live?page=" + path, officer).status());
    }
    assertEquals(
        "/console/message", kit.enter(kit.token(ConsoleKit.OFFICER)).headers().get("Location"));
    assertEquals(200, kit.get("/console/message", officer).status());
    assertEquals(403, kit.get("/console/message", operator).status());
  }

  @Test
  void forms_needTheirScopeToo_andTheNavigationHasWhatAClientMayOpen() {
    Map<String, String> forms =
        Map.of(ConsoleKit.AUDITOR, "/console/audit", ConsoleKit.AUTHOR, "/console/policy");
    for (String client : List.of(ConsoleKit.OPERATOR, ConsoleKit.AUDITOR, ConsoleKit.AUTHOR)) {
      String cookie = kit.session(client);
      forms.forEach(
          (own, path) -> {
            int expected = own.equals(client) ? 200 : 403;
            assertEquals(expected, kit.get(path, cookie).status(), client);
            assertEquals(expected, kit.post(path, cookie, Map.of()).status(), client);
          });
    }
    String body = kit.get("/console/audit", kit.session(ConsoleKit.AUDITOR)).body();
    assertEquals(1, body.split("<li><a ", -1).length - 1, body);
    assertEquals(
        "/console/audit", kit.enter(kit.token(ConsoleKit.AUDITOR)).headers().get("Location"));
  }

  @Test
  void forms_ofAnotherOrigin_orWithoutOne_doNothing() {
    String cookie = kit.session(ConsoleKit.AUDITOR);
    Map<String, String> form = Map.of("asker", "FR-9", "reason", "case 1");
    for (String origin : List.of("http://evil.example", "null", "https://" + ConsoleKit.HOST)) {
      Map<String, String> headers =
          Map.of("host", ConsoleKit.HOST, "origin", origin, "cookie", cookie);
      assertEquals(403, kit.post("/console/audit", headers, form).status(), origin);
    }
    Map<String, String> none = Map.of("host", ConsoleKit.HOST, "cookie", cookie);
    assertEquals(403, kit.post("/console/audit", none, form).status());
    assertEquals(List.of(), kit.searches);
    assertEquals(200, kit.post("/console/audit", cookie, form).status());
    assertEquals(1, kit.searches.size());
  }

  @Test
  void formWhileAnotherOfItsClientIsAnswered_isToldToTryAgain_andPagesAreServed() {
    String author = kit.session(ConsoleKit.AUTHOR);
    List<Integer> meanwhile = new ArrayList<>();
    kit.whileDeciding =
        () -> {
          meanwhile.add(kit.post("/console/policy", author, Map.of()).status());
          meanwhile.add(kit.get("/console/policy", author).status());
        };
    assertEquals(200, kit.post("/console/policy", author, Map.of()).status());
    assertEquals(List.of(429, 200), meanwhile);
    kit.whileDeciding = () -> {};
    assertEquals(200, kit.post("/console/policy", author, Map.of()).status());
  }

  /** Attack: one search that takes long held up the forms of all. */
  @Test
  void formsOfOtherClients_areAnsweredDuringASearch_butNotOfMoreThanLeaveThreadsForPages() {
    List<String> auditors =
        new ArrayList<>(ConsoleKit.AUDITORS.stream().map(kit::session).toList());
    List<Integer> answers = new ArrayList<>();
    kit.whileSearching =
        cancelled -> {
          if (!auditors.isEmpty()) {
            answers.add(search(auditors.remove(0)));
          }
        };
    assertEquals(200, search(kit.session(ConsoleKit.AUDITOR)));
    assertEquals(List.of(429, 200, 200, 200), answers, "the innermost is the fifth");
    assertEquals(200, search(kit.session(ConsoleKit.AUDITOR)), "they ended");
  }

  private int search(String cookie) {
    return kit.post("/console/audit", cookie, Map.of()).status();
  }

  @Test
  void search_isToldWhenItsCallerHasLeft() {
    List<Boolean> left = new ArrayList<>();
    kit.whileSearching =
        cancelled -> {
          left.add(cancelled.getAsBoolean());
          kit.gone = true;
          left.add(cancelled.getAsBoolean());
        };
    search(kit.session(ConsoleKit.AUDITOR));
    assertEquals(List.of(false, true), left);
  }

  @Test
  void forms_costWhatTheirCallsCost() {
    String cookie = kit.session(ConsoleKit.AUDITOR);
    int served = 0;
    while (kit.post("/console/audit", cookie, Map.of()).status() == 200) {
      served++;
    }
    assertEquals(400, served, "twice 10,000, at 50 each");
    assertEquals(429, kit.get("/console/audit", cookie).status());
    assertEquals(200, kit.get("/console/policy", kit.session(ConsoleKit.AUTHOR)).status());
  }

  private static EvidenceItem item(EvidenceKind kind, String agency, String recipient) {
    return EvidenceItem.newBuilder()
        .setMessageId(ByteString.copyFrom(new byte[16]))
        .setKind(kind)
        .setAgency(agency)
        .setRecipient(recipient)
        .setAt(Timestamps.fromSeconds(kind.getNumber()))
        .setCode(kind == EvidenceKind.EVIDENCE_KIND_NON_DELIVERY ? "INGRESS_REFUSED" : "")
        .setReason("words about the content")
        .setHeaderHash(ByteString.copyFrom(new byte[] {(byte) 0xab}))
        .build();
  }

  @Test
  void message_isFollowedByItsEvidence_inThreeDensities_withoutWords() {
    String cookie = kit.session(ConsoleKit.OFFICER);
    kit.evidence.add(
        item(EvidenceKind.EVIDENCE_KIND_SUBMISSION_ACCEPTANCE, "fr.customs", "de.customs"));
    kit.evidence.add(item(EvidenceKind.EVIDENCE_KIND_NON_DELIVERY, "de.customs", "de.customs"));
    String path = "/console/message?id=" + "0".repeat(32) + "&density=";
    String brief = kit.get(path + "brief", cookie).body();
    String steps = kit.get(path + "steps", cookie).body();
    String full = kit.get(path + "full", cookie).body();
    assertFalse(brief.contains("submission acceptance"), brief);
    assertFalse(steps.contains("<code>ab</code>"), steps);
    assertTrue(steps.contains("<td>submission acceptance</td>"), steps);
    assertTrue(full.contains("<code>ab</code>"), full);
    for (String body : List.of(brief, steps, full)) {
      assertTrue(body.contains("<td>non delivery</td>"), body);
      assertTrue(body.contains("<td>INGRESS_REFUSED</td>"), body);
      assertFalse(body.contains("words"), body);
    }
    String unknown = kit.get("/console/message?id=" + "1".repeat(32), cookie).body();
    assertTrue(unknown.contains("no evidence of such a message"), unknown);
    String malformed = kit.get("/console/message?id=what", cookie).body();
    assertTrue(malformed.contains("32 hex digits"), malformed);
  }

  @Test
  void everyAnswer_hasTheHeaders_andNothingInline() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    for (String path :
        List.of(
            "/console/",
            "/console/map",
            PEERS,
            "/console/rates",
            "/console/refusals",
            "/console/enter",
            "/console/nothing",
            "/console/static/live.js",
            "/console/static/map.js",
            "/console/static/rates.js",
            "/console/static/enter.js",
            "/console/static/console.css")) {
      Answer.Page page = kit.get(path, cookie);
      String policy = String.valueOf(page.headers().get("Content-Security-Policy"));
      assertTrue(policy.startsWith("default-src 'none';"), path);
      assertFalse(policy.contains("unsafe"), policy);
      assertFalse(policy.contains("http"), policy);
      assertEquals("nosniff", page.headers().get("X-Content-Type-Options"));
      assertEquals("same-origin", page.headers().get("Referrer-Policy"));
      assertEquals("same-origin", page.headers().get("Cross-Origin-Opener-Policy"));
      assertEquals("no-store", page.headers().get("Cache-Control"));
      assertFalse(
          page.body().matches("(?s).*(<style|<script>|style=|\\son\\w+=|https?://).*"), path);
    }
  }

  @Test
  void livePages_ofOneClient_areLimited_andAClosedOneMakesRoom() {
    Map<String, String> headers =
        Map.of("host", ConsoleKit.HOST, "cookie", kit.session(ConsoleKit.OPERATOR));
    String path = "/console/live?page=/console/";
    Answer.Stream first = ConsoleKit.stream(kit.answer("GET", path, headers));
    for (int i = 1; i < 8; i++) {
      assertFalse(ConsoleKit.stream(kit.answer("GET", path, headers)).headers().isEmpty());
    }
    assertEquals(429, ConsoleKit.page(kit.answer("GET", path, headers)).status());
    Map<String, String> second = Map.of("host", ConsoleKit.HOST, "cookie", kit.session("second"));
    assertFalse(ConsoleKit.stream(kit.answer("GET", path, second)).headers().isEmpty());
    first.end().run();
    assertFalse(ConsoleKit.stream(kit.answer("GET", path, headers)).headers().isEmpty());
  }

  @Test
  void requests_beyondTheCostOfTheirClient_areRefused() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    int served = 0;
    while (kit.get("/console/nothing", cookie).status() == 404) {
      served++;
    }
    assertEquals(2_000, served, "twice 10,000, at 10 each");
    assertEquals(429, kit.get(PEERS, cookie).status());
    assertEquals(200, kit.get(PEERS, kit.session("second")).status());
    kit.clock.move(Duration.ofSeconds(1));
    assertEquals(200, kit.get(PEERS, cookie).status());
  }

  @Test
  void overview_saysNo_whereTheNodeOrEveryLinkIsDown_andWhy() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    kit.links.add(link("de.customs", true, 0, kit.clock.instant()));
    assertTrue(kit.get("/console/", cookie).body().contains(">Yes.<"));
    kit.links.set(0, link("de.customs", false, 0, kit.clock.instant()));
    assertTrue(kit.get("/console/", cookie).body().contains(">No. No link is up.<"));
    kit.obstacles.add("ledger: the disk is full");
    assertTrue(kit.get("/console/", cookie).body().contains(">No. ledger: the disk is full<"));
  }

  @Test
  void overview_showsTheMachinesOfACluster_andNoneOfTheOnlyMachine() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    assertFalse(kit.get("/console/", cookie).body().contains("Machines of this gateway"));
    gauge("entente_cluster_leads", List.of(), List.of(Meters.Sample.of(1)));
    gauge("entente_cluster_term", List.of(), List.of(Meters.Sample.of(3)));
    gauge(
        "entente_cluster_behind_entries",
        List.of("node"),
        List.of(new Meters.Sample(List.of("fr-1"), 0), new Meters.Sample(List.of("fr-3"), 1234)));
    gauge(
        "entente_cluster_silent_seconds",
        List.of("node"),
        List.of(new Meters.Sample(List.of("fr-3"), 61.9)));
    String body = kit.get("/console/", cookie).body();
    assertTrue(
        body.contains(
            "this one leads in term 3; fr-1 0 entries behind; fr-3 1234 entries behind, heard 61 s"
                + " ago"),
        body);
  }

  private void gauge(String name, List<String> labels, List<Meters.Sample> samples) {
    kit.meters.gauge(name, "of a test", labels, () -> samples);
  }

  @Test
  void node_thatIsBeingReopened_locksNobodyOut() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    kit.open = false;
    kit.obstacles.add("ledger: it is being reopened");
    String body = kit.get("/console/", cookie).body();
    assertTrue(body.contains(">No. ledger: it is being reopened<"), body);
    assertTrue(kit.get(PEERS, cookie).body().contains("The node is being reopened"));
  }

  @Test
  void peers_showRateLatencyAndTheOldest_ofEachLane() {
    String cookie = kit.session(ConsoleKit.OPERATOR);
    kit.links.add(link("de.customs", true, 3, kit.clock.instant().minusSeconds(70)));
    kit.counts.put("de.customs out", 10L);
    String first = kit.get(PEERS, cookie).body();
    assertTrue(first.contains("data-state=\"warn\">3 unacknowledged, oldest 70 s<"), first);
    kit.counts.put("de.customs out", 50L);
    kit.counts.put("de.customs in", 5L);
    kit.clock.move(Duration.ofSeconds(10));
    String next = kit.get(PEERS, cookie).body();
    assertTrue(next.contains(">4.0/s out, 0.5/s in; 3 unacknowledged, oldest 80 s<"), next);
  }

  @Test
  void peers_showMailThatIsNotQueuedYet() {
    kit.links.add(link("de.customs", false, 0, kit.clock.instant(), 4096));
    String body = kit.get(PEERS, kit.session(ConsoleKit.OPERATOR)).body();
    assertTrue(body.contains(">4096 bytes undelivered<"), body);
  }

  @Test
  void refusals_areListedByRule_theMostFrequentFirst() {
    kit.meters.refused(Meters.Side.PEER, Code.MALFORMED);
    kit.meters.refused(Meters.Side.EGRESS, Code.NO_AGREEMENT);
    kit.meters.refused(Meters.Side.EGRESS, Code.NO_AGREEMENT);
    String body = kit.get("/console/refusals", kit.session(ConsoleKit.OPERATOR)).body();
    assertTrue(body.indexOf("NO_AGREEMENT") < body.indexOf("MALFORMED"), body);
    assertTrue(body.contains("data-figure=\"egress.NO_AGREEMENT\" data-state=\"\">2<"), body);
  }

  @Test
  void events_bringOnlyWhatChanged_andAnotherShapeWhereRowsDid() {
    kit.links.add(link("de.customs", true, 0, kit.clock.instant()));
    Answer.Stream stream =
        ConsoleKit.stream(
            kit.answer(
                "GET",
                "/console/live?page=/console/peers",
                Map.of("host", ConsoleKit.HOST, "cookie", kit.session(ConsoleKit.OPERATOR))));
    String all = stream.events().get().orElseThrow();
    assertTrue(all.contains("[\"de.customs.state\",\"good\",\"up\"]"), all);
    assertTrue(all.contains("[\"de.customs.FLASH\",\"\",\"idle\"]"), all);
    kit.links.set(0, link("de.customs", false, 0, kit.clock.instant()));
    String changed = stream.events().get().orElseThrow();
    assertTrue(changed.contains("[\"de.customs.state\",\"bad\",\"down\"]"), changed);
    assertFalse(changed.contains("FLASH"), changed);
    assertEquals(shape(all), shape(changed));
    kit.links.add(link("sg.police", true, 0, kit.clock.instant()));
    assertNotEquals(shape(all), shape(stream.events().get().orElseThrow()));
  }

  private static String shape(String event) {
    return event.replaceFirst("(?s).*\"shape\":\"(\\w+)\".*", "$1");
  }

  @Test
  void address_isOfTheFirstConfiguredHost_encryptedUnlessItIsThisMachine() {
    String own = address(ConsoleKit.defaults(), "127.0.0.1");
    assertTrue(own.startsWith("http://127.0.0.1:9441/console/enter#"), own);
    NodeConfig.Console named = new NodeConfig.Console(List.of("gw.example:443"), 0, 0, 0, 0, 0);
    String configured = address(named, "0.0.0.0");
    assertTrue(configured.startsWith("https://gw.example:443/console/enter#"), configured);
    String away = address(ConsoleKit.defaults(), "192.0.2.7");
    assertTrue(away.startsWith("https://192.0.2.7:9441/console/enter#"), away);
  }

  @Test
  void host_withoutAPort_isThatOfTheScheme() {
    ConsoleKit named =
        new ConsoleKit(new NodeConfig.Console(List.of("gw.example:443"), 0, 0, 0, 0, 0));
    Map<String, String> headers = Map.of("host", "gw.example");
    Connection encrypted = new Connection(true, false, List.of());
    Connection plain = new Connection(false, true, List.of());
    String path = "/console/enter";
    assertEquals(200, ConsoleKit.page(named.answer("GET", path, headers, encrypted)).status());
    assertEquals(421, ConsoleKit.page(named.answer("GET", path, headers, plain)).status());
  }

  private static String address(NodeConfig.Console settings, String listens) {
    ConsoleKit kit = new ConsoleKit(settings);
    kit.console.listensAt(new InetSocketAddress(listens, 9441));
    return kit.console
        .open(kit.client(ConsoleKit.OPERATOR))
        .orElseThrow(problem -> new IllegalStateException(problem.message()))
        .getAddress();
  }
}
