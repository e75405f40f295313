package org.entente.gateway.feature.search;

import static java.util.Objects.requireNonNull;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Firearm;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Person;
import org.entente.proto.v1.RelatedRequest;
import org.entente.proto.v1.RelatedResponse;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Walking from one received message to those that name the same. */
class RelatedMessagesTest {
  private static final NodeName OFFICE = new NodeName("records");
  private static final String CONTAINER = "CSQU3054383";

  @AutoClose private final SearchNode node;

  RelatedMessagesTest(@TempDir Path folder) throws IOException {
    node = new SearchNode(folder, 1_000);
  }

  private MessageId received(Consumer<Label.Builder> change, Subject.Builder... subjects) {
    Alert.Builder alert = SearchNode.alert("headline").getAlert().toBuilder();
    for (Subject.Builder subject : subjects) {
      alert.addSubjects(subject);
    }
    return node.received(Body.newBuilder().setAlert(alert).build(), change);
  }

  private MessageId received(Subject.Builder... subjects) {
    return received(label -> {}, subjects);
  }

  private static Subject.Builder container() {
    return Subject.newBuilder().setContainer(CONTAINER);
  }

  private static Subject.Builder person(String birthDate) {
    return Subject.newBuilder()
        .setPerson(
            Person.newBuilder()
                .setFamilyName("Dupont")
                .setGivenNames("Marie")
                .setBirthDate(birthDate));
  }

  private static RelatedRequest.Builder request() {
    return RelatedRequest.newBuilder().setOnBehalfOf(SearchNode.PERSON);
  }

  private Result<RelatedResponse> answer(MessageId id, RelatedRequest.Builder request) {
    return node.searching.related(SearchNode.DESK, id, request.build());
  }

  private RelatedResponse related(MessageId id, RelatedRequest.Builder request) {
    Result<RelatedResponse> answer = answer(id, request);
    if (answer instanceof Result.Done<RelatedResponse> shown) {
      return shown.value();
    }
    throw new AssertionError(answer);
  }

  private static List<MessageId> ids(RelatedResponse response) {
    return response.getRelatedList().stream()
        .map(it -> MessageId.of(it.getMessage().getMessageId().toByteArray()))
        .toList();
  }

  private List<MessageId> related(MessageId id) {
    return ids(related(id, request()));
  }

  private static Problem refused(Result<?> answer) {
    return Results.problem(answer);
  }

  // What is linked -------------------------------------------------------------------------------

  @Test
  void messagesThatShareAnIdentifier_areLinked_andSaidByWhich() {
    MessageId one = received(container(), Subject.newBuilder().setVessel("9074729"));
    MessageId byContainer = received(container(), Subject.newBuilder().setPlace("FRLEH"));
    received(Subject.newBuilder().setContainer("MSKU9070323"));
    MessageId byVessel = received(Subject.newBuilder().setVessel("9074729"));
    RelatedResponse response = related(one, request());
    assertEquals(List.of(byVessel, byContainer), ids(response));
    assertEquals(
        List.of("container:" + CONTAINER, "vessel:9074729"), response.getIdentifiersList());
    assertEquals(List.of("vessel:9074729"), response.getRelated(0).getIdentifiersList());
    assertEquals(List.of("container:" + CONTAINER), response.getRelated(1).getIdentifiersList());
    assertTrue(response.getComplete());
    assertEquals(List.of(one), related(byVessel));
  }

  /** A page has one price, whatever it opens. */
  @Test
  void largeMessages_endAPage_andTheNextOneGoesOn() {
    MessageId one = received(container());
    AlertText text =
        AlertText.newBuilder()
            .setLanguage("en")
            .setHeadline("large")
            .setDescription("x".repeat(1 << 20))
            .build();
    Alert large = Alert.newBuilder().addTexts(text).addSubjects(container()).build();
    List<MessageId> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(0, node.received(Body.newBuilder().setAlert(large).build(), label -> {}));
    }
    RelatedResponse first = related(one, request().setPageSize(50));
    assertEquals(all.subList(0, 16), ids(first));
    String next = first.getNextPageToken();
    RelatedResponse rest = related(one, request().setPageSize(50).setPageToken(next));
    assertEquals(all.subList(16, 20), ids(rest));
    assertEquals("", rest.getNextPageToken());
  }

  private MessageId changes(MessageType type, MessageId target) {
    node.now = node.now.plusSeconds(1);
    return node.received(
        SearchNode.alert("change"),
        label -> label.setMessageType(type).setReferences(ByteString.copyFrom(target.bytes())));
  }

  @Test
  void pastTheirDeliveryTime_areLinked_asLongAsTheyAreKept() {
    MessageId one = received(container());
    MessageId other = received(container());
    LocalDate lastDay = LocalDate.ofInstant(ReceiveKit.keptUntil(node.now), ZoneOffset.UTC);
    node.now = node.now.plus(Duration.ofDays(20));
    node.kit.renewKeys();
    MessageId recent = received(container());
    assertEquals(List.of(recent, other), related(one));
    node.keys.destroy(lastDay);
    assertEquals(List.of(), related(recent));
    assertEquals(Code.NOT_FOUND, refused(answer(one, request())).code());
  }

  @Test
  void restricted_isLinkedToNothing_untilThatIsLifted() {
    MessageId one = received(container());
    MessageId other = received(container());
    MessageId restriction = changes(MessageType.MESSAGE_TYPE_RESTRICTION, other);
    assertEquals(List.of(), related(one));
    assertEquals(Code.RESTRICTED, refused(answer(other, request())).code());
    changes(MessageType.MESSAGE_TYPE_CANCEL, restriction);
    assertEquals(List.of(other), related(one));
  }

  @Test
  void placeBrandAndKindOfGoods_linkNothing() {
    Subject.Builder goods = Subject.newBuilder();
    goods.getCommodityBuilder().setBrand("Voltara").setHsCode("640299");
    MessageId one = received(goods, Subject.newBuilder().setPlace("FRLEH"));
    received(goods, Subject.newBuilder().setPlace("FRLEH"));
    RelatedResponse response = related(one, request());
    assertEquals(List.of(), ids(response));
    assertEquals(List.of(), response.getIdentifiersList());
  }

  private static Subject.Builder route(String... places) {
    Subject.Builder route = Subject.newBuilder();
    route.getRouteBuilder().addAllPlaces(List.of(places));
    return route;
  }

  @Test
  void messagesOfOneRoute_areLinked_inItsDirectionAndWhole() {
    MessageId one = received(route("CNSHA", "SGSIN", "FRLEH"));
    MessageId same = received(route("CNSHA", "SGSIN", "FRLEH"), container());
    MessageId back = received(route("FRLEH", "SGSIN", "CNSHA"));
    received(route("CNSHA", "EGSUZ", "FRLEH"));
    received(route("CNSHA", "FRLEH"));
    received(route("CNSHA", "SGSIN"));
    MessageId longer = received(route("CNSHA", "SGSIN", "FRLEH", "GBLON"));
    received(Subject.newBuilder().setPlace("CNSHA"), Subject.newBuilder().setPlace("FRLEH"));
    RelatedResponse response = related(one, request());
    assertEquals(List.of(same), ids(response));
    assertEquals(List.of("route:CNSHA/SGSIN/FRLEH"), response.getIdentifiersList());
    assertEquals(List.of("route:CNSHA/SGSIN/FRLEH"), response.getRelated(0).getIdentifiersList());
    assertEquals(List.of(), related(back));
    assertEquals(List.of(), related(longer));
    assertEquals(
        "related to the first by route: 1 shown",
        node.leaves.all().stream()
            .filter(leaf -> leaf.type() == AuditType.SEARCHED)
            .findFirst()
            .orElseThrow()
            .outcome()
            .detail());
    // Who looks for a stretch finds those that go on, too, and nobody who goes back.
    assertEquals(
        List.of(longer, same, one),
        node.found(SearchNode.ask().setSubject("route:cnsha/sgsin/frleh")));
    assertEquals(List.of(back), node.found(SearchNode.ask().setSubject("route:SGSIN/CNSHA")));
  }

  /** One walks from a container over a route to another container. */
  @Test
  void walk_goesFromIdentifierToRoute() {
    MessageId first = received(container());
    MessageId second = received(container(), route("CNSHA", "SGSIN", "FRLEH"));
    MessageId third = received(route("CNSHA", "SGSIN", "FRLEH"));
    assertEquals(List.of(second), related(first));
    assertEquals(List.of(third, first), related(second));
    assertEquals(List.of(second), related(third));
  }

  @Test
  void routesAndIdentifiers_areLinkedAfterARestart_onceTheIndexIsRebuilt() {
    MessageId one = received(route("CNSHA", "SGSIN", "FRLEH"), container());
    MessageId byRoute = received(route("CNSHA", "SGSIN", "FRLEH"));
    MessageId byContainer = received(container());
    node.restart();
    RelatedResponse early = related(one, request());
    assertEquals(List.of(), ids(early));
    assertFalse(early.getComplete(), "what is not in the index yet is not said to be nothing");
    while (node.indexing.isBuilding()) {
      node.indexing.round();
    }
    RelatedResponse whole = related(one, request());
    assertEquals(List.of(byContainer, byRoute), ids(whole));
    assertTrue(whole.getComplete());
    assertEquals(List.of(one), related(byRoute));
  }

  @Test
  void routeOfWhatIsErased_linksNothing() {
    MessageId one = received(route("CNSHA", "FRLEH"));
    MessageId erased = received(route("CNSHA", "FRLEH"));
    MessageId recalled = received(route("CNSHA", "FRLEH"));
    assertEquals(List.of(recalled, erased), related(one));
    Results.value(node.retention.erase(OFFICE, erased, SearchNode.PERSON));
    node.recalled(recalled);
    assertEquals(List.of(), related(one));
    assertEquals(List.of(one), node.found(SearchNode.ask().setSubject("route:CNSHA/FRLEH")));
  }

  /** Namesakes are not the same person. */
  @Test
  void persons_areLinkedByNameAndBirth_andNotByNameAlone() {
    MessageId one = received(person("1980-02-01"));
    MessageId same = received(person("1980-02-01"));
    MessageId namesake = received(person("1975-12-24"));
    MessageId unknown = received(person(""));
    assertEquals(List.of(same), related(one));
    assertEquals(List.of(), related(namesake));
    assertEquals(List.of(), related(unknown));
  }

  @Test
  void firearms_areLinkedByMakeAndNumber_andNotByNumberAlone() {
    Subject.Builder pistol =
        Subject.newBuilder().setFirearm(Firearm.newBuilder().setMake("CZ").setSerial("12345"));
    Subject.Builder other =
        Subject.newBuilder().setFirearm(Firearm.newBuilder().setMake("FN").setSerial("12345"));
    MessageId one = received(pistol);
    received(other);
    MessageId same = received(pistol);
    assertEquals(List.of(same), related(one));
  }

  /** All that this kit receives is of one origin; two are compared by IdentifiersTest. */
  @Test
  void caseReference_linksMessagesOfOneOrigin() {
    MessageId one = received(label -> label.setCaseRef("12/26"));
    MessageId same = received(label -> label.setCaseRef("12-26"));
    assertEquals(List.of(same), related(one));
  }

  @Test
  void pages_goOnWhereTheLastEnded() {
    MessageId first = received(container());
    MessageId second = received(container());
    MessageId third = received(container());
    RelatedResponse page = related(first, request().setPageSize(1));
    assertEquals(List.of(third), ids(page));
    RelatedResponse next =
        related(first, request().setPageSize(1).setPageToken(page.getNextPageToken()));
    assertEquals(List.of(second), ids(next));
    RelatedResponse last =
        related(first, request().setPageSize(1).setPageToken(next.getNextPageToken()));
    assertEquals(List.of(), ids(last));
    assertEquals("", last.getNextPageToken());
    assertEquals("page_size", refused(answer(first, request().setPageSize(101))).field());
    assertEquals("page_token", refused(answer(first, request().setPageToken("x!"))).field());
  }

  // Who sees it, and what goes -------------------------------------------------------------------

  @Test
  void asking_isOnRecord_asOpeningTheOne_andItsOriginHearsOfItOnce() {
    MessageId one = received(container());
    MessageId other = received(container());
    related(one);
    related(one);
    List<AuditRecord> leaves = node.leaves.all();
    AuditRecord searched = leaves.get(leaves.size() - 1);
    AuditRecord opened = leaves.get(leaves.size() - 2);
    assertEquals(AuditType.OPENED, opened.type());
    assertEquals(List.of(one), opened.subject().messages());
    assertEquals(AuditType.SEARCHED, searched.type());
    assertEquals(List.of(one, other), searched.subject().messages());
    assertEquals("related to the first by container: 1 shown", searched.outcome().detail());
    assertEquals("DE-7", requireNonNull(searched.actor().onBehalfOf()).officer());
    assertFalse(leaves.toString().contains(CONTAINER));
    assertEquals(
        List.of(one.toString()),
        node.kit.owed().stream()
            .filter(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_RETRIEVAL)
            .map(item -> MessageId.of(item.getMessageId().toByteArray()).toString())
            .toList());
  }

  @Test
  void personAndReason_areRequired_andNothingIsLeft() {
    MessageId one = received(container());
    int leaves = node.leaves.count();
    RelatedRequest.Builder nobody = request();
    nobody.getOnBehalfOfBuilder().clearOfficer();
    assertEquals("on_behalf_of.officer", refused(answer(one, nobody)).field());
    assertEquals(leaves, node.leaves.count());
  }

  @Test
  void whatIsErasedOrRecalled_isNeitherAskedForNorLinked() {
    MessageId one = received(container());
    MessageId erased = received(container());
    MessageId recalled = received(container());
    MessageId kept = received(container());
    Results.value(node.retention.erase(OFFICE, erased, SearchNode.PERSON));
    node.recalled(recalled);
    assertEquals(List.of(kept), related(one));
    assertEquals(Code.NOT_FOUND, refused(answer(erased, request())).code());
    assertEquals(Code.NOT_FOUND, refused(answer(recalled, request())).code());
  }

  @Test
  void exerciseAndActualTraffic_areNeverLinked() {
    MessageId actual = received(container());
    MessageId exercise = received(label -> label.setStatus(Status.STATUS_EXERCISE), container());
    assertEquals(List.of(), related(actual));
    assertEquals(Code.NOT_FOUND, refused(answer(exercise, request())).code());
    assertEquals(List.of(), ids(related(exercise, request().setExercise(true))));
    assertEquals(Code.NOT_FOUND, refused(answer(actual, request().setExercise(true))).code());
  }
}
