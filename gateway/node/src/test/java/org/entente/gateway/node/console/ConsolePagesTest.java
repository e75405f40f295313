package org.entente.gateway.node.console;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditRecordCodec;
import org.entente.gateway.audit.record.AuditSubject;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.feature.operator.Links;
import org.entente.gateway.link.LaneStatus;
import org.entente.gateway.link.PeerStatus;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.node.console.ConsoleNode.Destination;
import org.entente.gateway.node.console.ConsoleNode.Destination.Standing;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.ContentState;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.ExplainResponse;
import org.entente.proto.v1.ExplainedAgreement;
import org.entente.proto.v1.ExplainedOutcome;
import org.entente.proto.v1.ExplainedRecipient;
import org.entente.proto.v1.ExportRequest;
import org.entente.proto.v1.ExportResponse;
import org.entente.proto.v1.ExportedLeaf;
import org.entente.proto.v1.ExportedMessage;
import org.entente.proto.v1.Handling;
import org.entente.proto.v1.Obligation;
import org.entente.proto.v1.Refusal;
import org.junit.jupiter.api.Test;

/** Map, rates, audit search and playground. */
class ConsolePagesTest {
  private static final String AUDIT = "/console/audit";
  private static final String POLICY = "/console/policy";
  private static final AgencyName DE = new AgencyName("de.customs");
  private static final AgencyName HUB = new AgencyName("eu.hub");
  private static final AgencyName SG = new AgencyName("sg.police");

  private final ConsoleKit kit = new ConsoleKit(ConsoleKit.defaults());

  private static Links.Link link(AgencyName peer, boolean up, Duration roundTrip) {
    return new Links.Link(
        peer,
        new PeerStatus(peer, up, Optional.empty(), Optional.empty(), Optional.empty(), List.of()),
        Optional.empty(),
        Lane.all().stream()
            .map(
                lane ->
                    new Links.LinkLane(
                        lane,
                        new LaneStatus(
                            lane,
                            up,
                            false,
                            Optional.empty(),
                            0,
                            0,
                            Optional.empty(),
                            Optional.of(roundTrip)),
                        null,
                        0,
                        0,
                        0))
            .toList());
  }

  @Test
  void map_hasEachAgency_withItsWay_andWhetherMailFlows() {
    kit.links.add(link(DE, false, Duration.ofMillis(1)));
    kit.links.add(link(HUB, true, Duration.ofMillis(1)));
    AgencyName misspelt = new AgencyName("de.custom");
    kit.links.add(link(misspelt, false, Duration.ofMillis(1)));
    kit.destinations.add(new Destination(DE, Standing.KNOWN, List.of(DE), List.of()));
    kit.destinations.add(new Destination(HUB, Standing.TRANSIT, List.of(HUB), Lane.all()));
    kit.destinations.add(new Destination(SG, Standing.KNOWN, List.of(HUB), List.of(Lane.FLASH)));
    kit.destinations.add(
        new Destination(new AgencyName("x.nowhere"), Standing.KNOWN, List.of(), List.of()));
    kit.destinations.add(
        new Destination(misspelt, Standing.UNKNOWN, List.of(misspelt), Lane.all()));
    String body = kit.get("/console/map", kit.session(ConsoleKit.OPERATOR)).body();
    for (String expected :
        List.of(
            "Mail can flow to 2 of 4 agencies",
            "data-agency=\"de.customs\" data-role=\"peer\" data-hops=\"de.customs\"",
            "data-figure=\"de.customs.state\" data-state=\"bad\">down<",
            "data-figure=\"de.customs.flow\" data-state=\"bad\">no<",
            "data-agency=\"eu.hub\" data-role=\"transit\"",
            "data-figure=\"eu.hub.flow\" data-state=\"good\">yes<",
            "data-agency=\"sg.police\" data-role=\"behind a transit\" data-hops=\"eu.hub\"",
            "<td>by eu.hub</td>",
            "data-figure=\"sg.police.flow\" data-state=\"warn\">only FLASH<",
            "data-figure=\"x.nowhere.flow\" data-state=\"bad\">no: no path<",
            "data-agency=\"de.custom\" data-role=\"unknown\"",
            "data-figure=\"de.custom.flow\" data-state=\"warn\">no: not in the trust bundle<",
            "<li>triangle: unknown, only in this gateway's configuration</li>")) {
      assertTrue(body.contains(expected), expected + " in " + body);
    }
  }

  @Test
  void rates_ofTheNamedLink_areThoseOfNow_andOfTheLastHour() {
    kit.links.add(link(DE, false, Duration.ofMillis(4)));
    kit.links.add(link(SG, true, Duration.ofMillis(7)));
    for (int i = 0; i <= RateHistory.READINGS; i++) {
      kit.console.readRates();
      kit.clock.move(Duration.ofSeconds(RateHistory.EVERY_SECONDS));
      kit.counts.merge("de.customs out", 30L, Long::sum);
    }
    String cookie = kit.session(ConsoleKit.OPERATOR);
    String up = kit.get("/console/rates", cookie).body();
    assertTrue(up.contains("Now, with sg.police"), "the first that is up");
    String body = kit.get("/console/rates?peer=de.customs", cookie).body();
    assertTrue(body.contains("Now, with de.customs"), body);
    assertTrue(body.contains("data-figure=\"FLASH.time\" data-state=\"\">4.0<"), body);
    assertEquals(
        RateHistory.READINGS, body.split("<tr data-at=", -1).length - 1, "the oldest went");
    String last = body.substring(body.lastIndexOf("<tr data-at="));
    assertEquals(4, last.split("<td>2.0</td>", -1).length - 1, "30 in 15 s, of each lane: " + last);
  }

  @Test
  void history_ofALaneWithoutTraffic_isZero_andASecondReadingAtOnceIsNone() {
    RateHistory history = new RateHistory();
    kit.links.add(link(DE, true, Duration.ZERO));
    kit.console.readRates();
    kit.console.readRates();
    String body = kit.get("/console/rates", kit.session(ConsoleKit.OPERATOR)).body();
    assertEquals(1, body.split("<tr data-at=", -1).length - 1, body);
    assertEquals(List.of(), history.of(DE));
  }

  private static Map<String, String> search(String... more) {
    Map<String, String> form = new HashMap<>(Map.of("asker", "FR-9", "reason", "request 12/26"));
    for (int i = 0; i < more.length; i += 2) {
      form.put(more[i], more[i + 1]);
    }
    return form;
  }

  private static ExportedLeaf leaf(AuditRecord record, MessageId... messages) {
    return ExportedLeaf.newBuilder()
        .setLog(1)
        .setIndex(7)
        .setRecord(ByteString.copyFrom(AuditRecordCodec.encode(record)))
        .setMessageCount(messages.length)
        .addAllMessages(
            Arrays.stream(messages)
                .map(
                    id ->
                        ExportedMessage.newBuilder()
                            .setMessageId(ByteString.copyFrom(id.bytes()))
                            .setState(ContentState.CONTENT_STATE_ON_HOLD)
                            .build())
                .toList())
        .build();
  }

  private static AuditRecord refusal(MessageId... messages) {
    return AuditRecord.of(
            AuditType.REFUSED,
            LawCategory.DISCLOSURE,
            Instant.parse("2026-03-01T08:00:00Z"),
            new AuditActor(
                new AgencyName("fr.customs"),
                new NodeName("declarations"),
                new AuditPerson("FR-3", "", "reason in words")),
            new AuditSubject(null, List.of(messages), List.of(DE), null))
        .refused(Code.NO_AGREEMENT, "words that may tell of the content");
  }

  @Test
  void search_asksForWhatWasTyped_inTheNameOfThePerson() {
    String cookie = kit.session(ConsoleKit.AUDITOR);
    MessageId id = MessageId.of(new byte[16]);
    kit.post(
        AUDIT,
        cookie,
        search(
            "message", " " + id + " ",
            "event", "REFUSED",
            "client", "declarations",
            "officer", "FR-3",
            "from", "2026-03-01T08:00",
            "to", "2026-03-02",
            "after", "1.5"));
    ExportRequest asked = kit.searches.get(0);
    assertEquals(ByteString.copyFrom(id.bytes()), asked.getMessageId());
    assertEquals("REFUSED", asked.getEvent());
    assertEquals("declarations", asked.getClient());
    assertEquals("FR-3", asked.getOfficer());
    assertEquals(
        Instant.parse("2026-03-01T08:00:00Z").getEpochSecond(), asked.getFrom().getSeconds());
    assertEquals(
        Instant.parse("2026-03-02T00:00:00Z").getEpochSecond(), asked.getTo().getSeconds());
    assertEquals("1.5", asked.getAfter());
    assertEquals("FR-9", asked.getOnBehalfOf().getOfficer());
    assertEquals("request 12/26", asked.getOnBehalfOf().getJustification());
    assertFalse(asked.getProofs());
  }

  @Test
  void search_showsLeavesWithoutReasons_leadsToMessages_andGoesOn() {
    MessageId id = MessageId.of(new byte[16]);
    kit.found =
        Result.done(
            ExportResponse.newBuilder()
                .addLeaves(leaf(refusal(id), id))
                .addLeaves(ExportedLeaf.newBuilder().setLog(1).setIndex(8))
                .setNext("1.9")
                .build());
    String body = kit.post(AUDIT, kit.session("both"), search("event", "REFUSED")).body();
    for (String expected :
        List.of(
            "2 leaves so far",
            ">1/7<",
            "2026-03-01 08:00:00Z",
            "fr.customs, client declarations, officer FR-3",
            "NO_AGREEMENT",
            "<a href=\"/console/message?id=" + id + "\"><code>" + id + "</code></a> on hold",
            "unreadable",
            "name=\"after\" value=\"1.9\"",
            "name=\"event\" value=\"REFUSED\"")) {
      assertTrue(body.contains(expected), expected + " in " + body);
    }
    assertFalse(body.contains("words"), body);
    String alone = kit.post(AUDIT, kit.session(ConsoleKit.AUDITOR), search()).body();
    assertFalse(alone.contains("/console/message"), "no link to a page that it may not open");
    assertTrue(alone.contains("<code>" + id + "</code> on hold"), alone);
  }

  @Test
  void search_ofALeafWithManyMessages_namesSome_andCountsTheOthers() {
    MessageId[] ids =
        IntStream.range(0, 23).mapToObj(i -> MessageId.of(new byte[16])).toArray(MessageId[]::new);
    kit.found = Result.done(ExportResponse.newBuilder().addLeaves(leaf(refusal(), ids)).build());
    String body = kit.post(AUDIT, kit.session(ConsoleKit.AUDITOR), search()).body();
    assertEquals(20, body.split(" on hold", -1).length - 1, body);
    assertTrue(body.contains("and 3 more"), body);
    assertTrue(body.contains("One leaf, to the end of the log."), body);
  }

  @Test
  void search_thatIsWrong_saysWhat_andKeepsWhatWasTyped() {
    String cookie = kit.session(ConsoleKit.AUDITOR);
    String time = kit.post(AUDIT, cookie, search("from", "yesterday")).body();
    assertTrue(time.contains("from: a time is a day such as 2026-03-01"), time);
    assertTrue(time.contains("found \"yesterday\""), time);
    assertTrue(time.contains("value=\"yesterday\""), time);
    String id = kit.post(AUDIT, cookie, search("message", "zz")).body();
    assertTrue(id.contains("32 hex"), id);
    assertEquals(List.of(), kit.searches);
    kit.found = Result.refused(Code.INVALID_FIELD, "subject", "valid is scheme:value");
    String subject = kit.post(AUDIT, cookie, search("subject", "x")).body();
    assertTrue(subject.contains("subject: valid is scheme:value"), subject);
    kit.open = false;
    assertTrue(kit.post(AUDIT, cookie, search()).body().contains("being reopened"));
  }

  @Test
  void question_isTheDraftThatWasDescribed() {
    kit.post(
        POLICY,
        kit.session(ConsoleKit.AUTHOR),
        Map.of(
            "to", "de.customs, sg.police\n sg.police",
            "category", "IPR",
            "lane", "FLASH",
            "handling", "H1",
            "personal_data", "yes",
            "legal_basis", "treaty",
            "officer", "FR-3"));
    Draft draft = kit.questions.get(0).getDraft();
    assertEquals(
        Addressing.newBuilder().addAgencies("de.customs").addAgencies("sg.police").build(),
        draft.getTo());
    assertEquals(Category.CATEGORY_IPR, draft.getLabel().getCategory());
    assertEquals(org.entente.proto.v1.Lane.LANE_FLASH, draft.getLabel().getLane());
    assertEquals(List.of(Handling.HANDLING_H1), draft.getLabel().getHandlingList());
    assertTrue(draft.getLabel().getPersonalData());
    assertEquals("treaty", draft.getLabel().getLegalBasis());
    assertEquals("FR-3", draft.getOnBehalfOf().getOfficer());
    assertFalse(draft.hasBody());
    assertFalse(kit.questions.get(0).getNamesPersons());
    kit.post(POLICY, kit.session(ConsoleKit.AUTHOR), Map.of("names_persons", "yes"));
    assertTrue(kit.questions.get(1).getDraft().getTo().getWhomAgreementsAllow());
    assertTrue(kit.questions.get(1).getNamesPersons());
  }

  @Test
  void question_withAnUnknownValue_isNotAsked() {
    String body =
        kit.post(POLICY, kit.session(ConsoleKit.AUTHOR), Map.of("category", "<b>")).body();
    assertTrue(body.contains("category: \"&lt;b&gt;\" is none of IPR, NARCOTICS, "), body);
    assertEquals(List.of(), kit.questions);
  }

  @Test
  void decision_isExplained_recipientByRecipient_andAgreementByAgreement() {
    ExplainedAgreement failed =
        ExplainedAgreement.newBuilder()
            .setId("fr-sg-ipr")
            .setTitle("Treaty <of> 2019")
            .addFailed("purposes: not covered")
            .build();
    kit.decision =
        Result.done(
            ExplainResponse.newBuilder()
                .setPolicyVersion("v1")
                .setOutcome(ExplainedOutcome.EXPLAINED_OUTCOME_HELD)
                .setHeldReason("required by eu-ipr")
                .addRecipients(
                    ExplainedRecipient.newBuilder()
                        .setAgency("de.customs")
                        .setOutcome(ExplainedOutcome.EXPLAINED_OUTCOME_HELD)
                        .setPermittedBy("eu-ipr")
                        .addObligations(Obligation.OBLIGATION_NO_ONWARD_TRANSFER)
                        .setRetentionDays(30)
                        .addWithheld("body.alert.subjects.person")
                        .setFourEyes(true)
                        .addAgreements(ExplainedAgreement.newBuilder().setId("eu-ipr")))
                .addRecipients(
                    ExplainedRecipient.newBuilder()
                        .setAgency("sg.police")
                        .setOutcome(ExplainedOutcome.EXPLAINED_OUTCOME_REFUSED)
                        .setRefusal(
                            Refusal.newBuilder()
                                .setCode("NOT_COVERED")
                                .setRule("fr-sg-ipr/purposes")
                                .setReason("covers IPR_ENFORCEMENT"))
                        .addAllAgreements(java.util.Collections.nCopies(23, failed)))
                .build());
    String body = kit.post(POLICY, kit.session(ConsoleKit.AUTHOR), Map.of()).body();
    for (String expected :
        List.of(
            "data-state=\"warn\">would wait for a second person<",
            "required by eu-ipr",
            "permitted by eu-ipr",
            "no onward transfer",
            "keeps it for 30 days",
            "without body.alert.subjects.person",
            "needs release by a second person",
            "<strong>eu-ipr</strong> (): permits",
            "NOT_COVERED by fr-sg-ipr/purposes: covers IPR_ENFORCEMENT",
            "data-state=\"bad\">would be refused<",
            "(Treaty &lt;of&gt; 2019)",
            "purposes: not covered",
            "and 3 more",
            "Policy v1")) {
      assertTrue(body.contains(expected), expected + " in " + body);
    }
  }

  @Test
  void decision_aboutManyRecipients_showsSome_andCountsTheOthers() {
    ExplainResponse.Builder many = ExplainResponse.newBuilder();
    IntStream.range(0, 103)
        .forEach(i -> many.addRecipients(ExplainedRecipient.newBuilder().setAgency("x.a" + i)));
    kit.decision = Result.done(many.build());
    String body = kit.post(POLICY, kit.session(ConsoleKit.AUTHOR), Map.of()).body();
    assertEquals(100, body.split("<th scope=\"row\">x.a", -1).length - 1);
    assertTrue(body.contains("and 3 more recipients"), body);
  }
}
