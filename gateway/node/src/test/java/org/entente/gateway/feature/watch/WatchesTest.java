package org.entente.gateway.feature.watch;

import static java.util.Objects.requireNonNull;
import static org.entente.gateway.feature.watch.WatchNode.CONTAINER;
import static org.entente.gateway.feature.watch.WatchNode.DESK;
import static org.entente.gateway.feature.watch.WatchNode.OTHER;
import static org.entente.gateway.feature.watch.WatchNode.PERSON;
import static org.entente.gateway.feature.watch.WatchNode.ask;
import static org.entente.gateway.feature.watch.WatchNode.done;
import static org.entente.gateway.feature.watch.WatchNode.filtered;
import static org.entente.gateway.feature.watch.WatchNode.request;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.model.Result;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.Results;
import org.entente.proto.store.v1.WatchHit;
import org.entente.proto.v1.AddWatchRequest;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.EvidenceKind;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.ListHitsResponse;
import org.entente.proto.v1.ListWatchesRequest;
import org.entente.proto.v1.ListWatchesResponse;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.PersonRole;
import org.entente.proto.v1.RemoveWatchRequest;
import org.entente.proto.v1.RemoveWatchResponse;
import org.entente.proto.v1.Status;
import org.entente.proto.v1.Subject;
import org.entente.proto.v1.WatchState;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WatchesTest {
  private static final NodeName OFFICE = new NodeName("records");

  @TempDir private Path folder;
  @AutoClose private WatchNode node;

  @BeforeEach
  void start() throws IOException {
    node = new WatchNode(folder);
  }

  private static Problem refused(Result<?> answer) {
    return Results.problem(answer);
  }

  private void assertInvalid(String field, Consumer<AddWatchRequest.Builder> change) {
    AddWatchRequest.Builder request = request("container:" + CONTAINER);
    change.accept(request);
    Problem problem = refused(node.watches.add(DESK, request.build()));
    assertEquals(Code.INVALID_FIELD, problem.code());
    assertEquals(field, problem.field());
    assertEquals(0, node.watches.count());
  }

  private Result<RemoveWatchResponse> remove(NodeName client, long watch) {
    return node.watches.remove(
        client, RemoveWatchRequest.newBuilder().setWatch(watch).setOnBehalfOf(PERSON).build());
  }

  private List<WatchState> list(NodeName client) {
    return done(node.watches.list(client, ListWatchesRequest.getDefaultInstance()))
        .getWatchesList();
  }

  // What is hit ----------------------------------------------------------------------------------

  @Test
  void messageThatNamesOneOfThem_isAHit_whicheverWayItIsWritten() {
    WatchState watch = node.watch("container: csqu 305438-3", "plate:fr/ab 123 cd");
    assertEquals(
        List.of("container:CSQU3054383", "plate:FR/AB123CD"), watch.getTerms().getSubjectsList());
    MessageId container = node.receivedContainer();
    node.received(Subject.newBuilder().setContainer("MSKU9070323"));
    Subject.Builder plate = Subject.newBuilder();
    plate.getPlateBuilder().setNumber("AB-123-CD").setIssuer("FR");
    MessageId vehicle = node.received(plate);
    assertEquals(List.of(container, vehicle), node.hits());
    ListHitsResponse page = node.page(DESK, ask(0));
    assertEquals(List.of("container:CSQU3054383"), page.getHits(0).getSubjectsList());
    assertEquals(watch.getWatch(), page.getHits(1).getWatch());
    assertEquals(ReceiveKit.ORIGIN.value(), page.getHits(0).getMessage().getLabel().getOrigin());
    assertEquals(List.of(1L, 2L), page.getHitsList().stream().map(hit -> hit.getHit()).toList());
  }

  private static Subject.Builder route(String... places) {
    Subject.Builder route = Subject.newBuilder();
    route.getRouteBuilder().addAllPlaces(List.of(places));
    return route;
  }

  @Test
  void routeThatPassesTheWatchedStretch_isAHit_inItsDirectionOnly() {
    assertInvalid(
        "terms.subjects[0]", request -> request.getTermsBuilder().setSubjects(0, "route:CNSHA"));
    WatchState watch = node.watch("route:cn sha/sg sin");
    assertEquals(List.of("route:CNSHA/SGSIN"), watch.getTerms().getSubjectsList());
    MessageId whole = node.received(route("CNSHA", "SGSIN"));
    node.received(route("SGSIN", "CNSHA"));
    node.received(route("CNSHA", "EGSUZ", "SGSIN"));
    node.received(Subject.newBuilder().setPlace("CNSHA"), Subject.newBuilder().setPlace("SGSIN"));
    MessageId longer = node.received(route("KRPUS", "CNSHA", "SGSIN", "FRLEH"));
    assertEquals(List.of(whole, longer), node.hits());
    assertEquals(
        List.of("route:CNSHA/SGSIN"), node.page(DESK, ask(0)).getHits(1).getSubjectsList());
  }

  private MessageId changes(MessageType type, MessageId target) {
    node.now = node.now.plusSeconds(1);
    return node.received(
        WatchNode.about(),
        label -> label.setMessageType(type).setReferences(ByteString.copyFrom(target.bytes())));
  }

  @Test
  void restricted_isNoHit_untilThatIsLifted() {
    node.watch("container:CSQU3054383");
    MessageId shown = node.receivedContainer();
    assertEquals(List.of(shown), node.hits());
    MessageId unseen = node.receivedContainer();
    MessageId one = changes(MessageType.MESSAGE_TYPE_RESTRICTION, shown);
    changes(MessageType.MESSAGE_TYPE_RESTRICTION, unseen);
    assertEquals(List.of(), node.hits());
    changes(MessageType.MESSAGE_TYPE_CANCEL, one);
    assertEquals(List.of(shown), node.hits());
  }

  @Test
  void eachKindOfIdentifier_canBeWatchedFor() {
    Subject.Builder goods = Subject.newBuilder();
    goods.getCommodityBuilder().setBrand("Voltara").setHsCode("640299");
    Subject.Builder route = Subject.newBuilder();
    route.getRouteBuilder().addPlaces("CNSHA").addPlaces("FRLEH");
    Subject.Builder company = Subject.newBuilder();
    company.getCompanyBuilder().setName("Voltara Energy B.V.");
    Subject.Builder person = Subject.newBuilder();
    person
        .getPersonBuilder()
        .setRole(PersonRole.PERSON_ROLE_SUSPECT)
        .setFamilyName("Dupont")
        .setGivenNames("Marie")
        .setBirthDate("1980-02-01");
    MessageId before = node.received(goods, route, company, person);
    List<String> subjects =
        List.of(
            "brand:voltara",
            "hs:6402",
            "place:FRLEH",
            "company:voltara energy bv",
            "person:Dupont/Marie/1980-02-01",
            "vessel:9074729",
            "case:4 Js 12/26");
    subjects.forEach(subject -> node.watch(subject));
    MessageId id =
        node.received(
            WatchNode.about(
                goods, route, company, person, Subject.newBuilder().setVessel("9074729")),
            label -> label.setCaseRef("4 JS 12-26"));
    List<MessageId> hits = node.hits();
    assertEquals(Collections.nCopies(subjects.size(), id), hits);
    assertFalse(hits.contains(before), "received before it was watched for");
  }

  @Test
  void filter_mustHold_besides() {
    String subject = "container:" + CONTAINER;
    node.watch(
        DESK, filtered(Filter.newBuilder().addCategories(Category.CATEGORY_NARCOTICS), subject));
    node.watch(OTHER, filtered(Filter.newBuilder().addOrigins("us.cbp"), subject));
    node.receivedContainer();
    assertEquals(List.of(), node.hits());
    assertEquals(List.of(), node.hits(OTHER));
    MessageId drugs =
        node.received(
            WatchNode.about(Subject.newBuilder().setContainer(CONTAINER)),
            label -> label.setCategory(Category.CATEGORY_NARCOTICS));
    assertEquals(List.of(drugs), node.hits());
  }

  @Test
  void exerciseAndActualTraffic_neverMix() {
    String subject = "container:" + CONTAINER;
    node.watch(subject);
    node.watch(OTHER, filtered(Filter.newBuilder().setExercise(true), subject));
    MessageId actual = node.receivedContainer();
    MessageId exercise =
        node.received(
            WatchNode.about(Subject.newBuilder().setContainer(CONTAINER)),
            label -> label.setStatus(Status.STATUS_EXERCISE));
    assertEquals(List.of(actual), node.hits());
    assertEquals(List.of(exercise), node.hits(OTHER));
  }

  @Test
  void hit_isOnRecord_withWhoWatchesAndWhy_andChangesNothingOfTheMessage() {
    WatchState watch = node.watch("container:" + CONTAINER);
    AuditRecord added = node.leaves.last();
    assertEquals(AuditType.WATCH_ADDED, added.type());
    assertEquals("watch 1 of desk by container", added.outcome().detail());
    MessageId id = node.receivedContainer();
    node.watches.round();
    AuditRecord leaf = node.leaves.last();
    assertEquals(AuditType.WATCH_HIT, leaf.type());
    assertEquals(LawCategory.COMBINATION, leaf.category());
    assertEquals(List.of(id), leaf.subject().messages());
    assertEquals(DESK, leaf.actor().client());
    AuditPerson person = requireNonNull(leaf.actor().onBehalfOf());
    assertEquals("DE-7", person.officer());
    assertEquals("case 4 Js 12/26", person.justification());
    assertEquals("watch " + watch.getWatch() + ": 1 hit", leaf.outcome().detail());
    node.page(DESK, ask(0));
    AuditRecord shown = node.leaves.last();
    assertEquals(AuditType.HITS_SHOWN, shown.type());
    assertEquals(LawCategory.CONSULTATION, shown.category());
    assertEquals(List.of(id), shown.subject().messages());
    int leaves = node.leaves.count();
    node.page(DESK, ask(1));
    assertEquals(leaves, node.leaves.count(), "nothing was shown");
    assertTrue(
        node.kit.owed().stream()
            .noneMatch(item -> item.getKind() == EvidenceKind.EVIDENCE_KIND_RETRIEVAL));
    assertFalse(node.leaves.all().toString().contains(CONTAINER));
  }

  @Test
  void pages_giveEachHitOnce_andSayWhetherThereAreMore() {
    node.watch("container:" + CONTAINER);
    List<MessageId> sent =
        List.of(node.receivedContainer(), node.receivedContainer(), node.receivedContainer());
    node.watches.round();
    ListHitsResponse first = node.page(DESK, ask(0).setPageSize(2));
    assertEquals(sent.subList(0, 2), WatchNode.ids(first));
    assertTrue(first.getMore());
    ListHitsResponse second = node.page(DESK, ask(first.getNextAfter()).setPageSize(2));
    assertEquals(sent.subList(2, 3), WatchNode.ids(second));
    assertFalse(second.getMore());
    assertEquals(0, node.page(DESK, ask(second.getNextAfter())).getHitsCount());
    Problem ahead = refused(node.watches.hits(DESK, ask(second.getNextAfter() + 1).build()));
    assertEquals(Code.CURSOR_AHEAD, ahead.code());
    assertEquals(Code.CURSOR_AHEAD, refused(node.watches.hits(DESK, ask(-1).build())).code());
  }

  // Who sees what --------------------------------------------------------------------------------

  @Test
  void watchesAndHits_areOfTheClientAlone() {
    WatchState watch = node.watch("container:" + CONTAINER);
    MessageId id = node.receivedContainer();
    assertEquals(List.of(id), node.hits());
    assertEquals(List.of(), node.hits(OTHER));
    assertEquals(List.of(), list(OTHER));
    assertEquals(Code.NOT_FOUND, refused(remove(OTHER, watch.getWatch())).code());
    assertEquals(1, list(DESK).size());
  }

  @Test
  void clientWithoutTheScope_hasNoHitsAnyMore() {
    node.watch("container:" + CONTAINER);
    node.mayWatch.remove("desk");
    node.receivedContainer();
    assertEquals(List.of(), node.hits());
    node.mayWatch.add("desk");
    assertEquals(List.of(), node.hits(), "what came meanwhile was looked at");
    MessageId later = node.receivedContainer();
    assertEquals(List.of(later), node.hits());
  }

  @Test
  void whatIsErasedRecalledOrKeptNoLonger_isNotShown() {
    node.watch("container:" + CONTAINER);
    LocalDate lastDay = LocalDate.ofInstant(ReceiveKit.keptUntil(node.now), ZoneOffset.UTC);
    MessageId erased = node.receivedContainer();
    MessageId recalled = node.receivedContainer();
    MessageId kept = node.receivedContainer();
    assertEquals(List.of(erased, recalled, kept), node.hits());
    Results.value(node.retention.erase(OFFICE, erased, PERSON));
    node.recalled(recalled);
    assertEquals(List.of(kept), node.hits());
    node.now = node.now.plus(Duration.ofDays(29));
    assertEquals(List.of(kept), node.hits(), "it was to be delivered within a day");
    node.keys.destroy(lastDay);
    assertEquals(List.of(), node.hits());
  }

  /** The gateway was down, or the message came anew; a watch is of what comes after it. */
  @Test
  void whatIsLookedAtPastItsDeliveryTime_isAHit_ofTheWatchesThatStoodBefore() {
    node.watch("container:" + CONTAINER);
    MessageId unseen = node.receivedContainer();
    MessageId restricted = node.receivedContainer();
    MessageId restriction = changes(MessageType.MESSAGE_TYPE_RESTRICTION, restricted);
    node.now = node.now.plus(Duration.ofDays(2));
    node.restart();
    node.watch(OTHER, request("container:" + CONTAINER));
    assertEquals(List.of(unseen), node.hits());
    assertEquals(List.of(), node.hits(OTHER));
    node.now = node.now.plusSeconds(1);
    node.received(
        Lane.PRIORITY,
        WatchNode.about(),
        label ->
            label
                .setMessageType(MessageType.MESSAGE_TYPE_CANCEL)
                .setReferences(ByteString.copyFrom(restriction.bytes())));
    assertEquals(List.of(unseen, restricted), node.hits());
    assertEquals(List.of(restricted), node.hits(OTHER), "it came anew");
  }

  @Test
  void whatWasRecalledBeforeItWasLookedAt_isNoHit() {
    node.watch("container:" + CONTAINER);
    node.recalled(node.receivedContainer());
    node.watches.round();
    assertEquals(List.of(), node.leaves.types().stream().filter(WatchesTest::isHit).toList());
    assertEquals(List.of(), node.hits());
  }

  private static boolean isHit(AuditType type) {
    return type == AuditType.WATCH_HIT;
  }

  @Test
  void whatIsSetAside_isNotShown() {
    node.watch("container:" + CONTAINER);
    MessageId id = node.receivedContainer();
    assertEquals(List.of(id), node.hits());
    node.setAside(id);
    assertEquals(List.of(), node.hits());
  }

  // How long -------------------------------------------------------------------------------------

  @Test
  void removedWatch_hitsNothingMore_andItsHitsStay() {
    WatchState watch = node.watch("container:" + CONTAINER);
    MessageId id = node.receivedContainer();
    assertEquals(List.of(id), node.hits());
    assertEquals(watch.getWatch(), done(remove(DESK, watch.getWatch())).getWatch());
    assertEquals(AuditType.WATCH_ENDED, node.leaves.last().type());
    assertEquals(Code.NOT_FOUND, refused(remove(DESK, watch.getWatch())).code());
    node.receivedContainer();
    assertEquals(List.of(id), node.hits());
    assertEquals(0, node.page(DESK, ask(0)).getHits(0).getSubjectsCount());
    assertEquals(List.of(), list(DESK));
  }

  @Test
  void watchThatIsOver_hitsNothingMore_andIsEnded() {
    Instant until = node.now.plusSeconds(60);
    node.watch(
        DESK,
        request("container:" + CONTAINER)
            .setExpiresAt(Timestamps.fromMillis(until.toEpochMilli())));
    node.now = until;
    node.receivedContainer();
    assertEquals(List.of(), node.hits());
    node.watches.upkeep();
    assertEquals(AuditType.WATCH_ENDED, node.leaves.last().type());
    assertEquals(0, node.watches.count());
    int leaves = node.leaves.count();
    node.watches.upkeep();
    assertEquals(leaves, node.leaves.count());
  }

  /** Ended watches and removed hits do not return when the clock is set right. */
  @Test
  void clockThatLeapsAhead_endsNoWatch_andForgetsNoHit() {
    node.watch(
        DESK,
        request("container:" + CONTAINER)
            .setExpiresAt(Timestamps.fromMillis(node.now.plusSeconds(60).toEpochMilli())));
    MessageId before = node.receivedContainer();
    assertEquals(List.of(before), node.hits());
    Instant right = node.now;
    node.leap = Duration.ofMinutes(2);
    node.now = right.plus(node.leap);
    MessageId meanwhile = node.receivedContainer();
    assertEquals(2, node.hits().size());
    node.leap = Duration.ofDays(366);
    node.now = right.plus(node.leap);
    node.watches.upkeep();
    assertEquals(
        Code.INVALID_FIELD,
        refused(node.watches.add(DESK, request("container:" + CONTAINER).build())).code(),
        "the watch is there");
    node.now = right;
    node.leap = Duration.ZERO;
    node.watches.upkeep();
    assertEquals(1, node.watches.count());
    assertEquals(Set.of(before, meanwhile), Set.copyOf(node.hits()));
  }

  @Test
  void oldHits_areForgotten_andThatIsSaid() {
    node.watch("container:" + CONTAINER);
    node.receivedContainer();
    assertEquals(1, node.hits().size());
    node.now = node.now.plus(Watches.HITS_KEPT).plusSeconds(1);
    node.watches.upkeep();
    ListHitsResponse page = node.page(DESK, ask(0));
    assertEquals(1, page.getForgottenUpTo());
    assertEquals(1, page.getNextAfter(), "there is nothing to wait for");
    assertEquals(0, page.getHitsCount());
    assertFalse(page.getMore());
    assertFalse(WatchTable.of(node.ledger).holdsBefore(Long.MAX_VALUE));
  }

  /** A member can hide the message that it wants unseen among many. */
  @Test
  void unreadHits_displaced_nameTheOriginOfThoseThatDisplaceThem() {
    node.watch("container:" + CONTAINER);
    node.receivedContainer();
    assertEquals(1, node.hits().size());
    WatchHit hit = WatchTable.of(node.ledger).hits(DESK.value(), 0, 1).get(0).hit();
    List<WatchHit> many = Collections.nCopies(WatchFollower.MAX_HITS - 1, hit);
    node.ledger.commit(
        Lane.ROUTINE, tx -> WatchTable.of(node.ledger).add(tx, DESK.value(), many, 10_000));
    node.page(DESK, ask(1));
    node.receivedContainer();
    node.watches.round();
    String lost = "entente_watch_hits_lost_total{origin=\"" + ReceiveKit.ORIGIN + "\",}";
    assertFalse(node.meters.text().contains(lost), "the first was read");
    node.receivedContainer();
    node.receivedContainer();
    node.watches.round();
    assertTrue(node.meters.text().contains(lost + " 2.0"), node.meters::text);
  }

  // What a crash leaves --------------------------------------------------------------------------

  @Test
  void watchesAndHits_outliveTheProcess_andEachHitIsCountedOnce() {
    node.watch("container:" + CONTAINER);
    MessageId before = node.receivedContainer();
    assertEquals(List.of(before), node.hits());
    MessageId unseen = node.receivedContainer();
    node.restart();
    assertEquals(1, list(DESK).size());
    MessageId after =
        node.received(
            Lane.PRIORITY,
            WatchNode.about(Subject.newBuilder().setContainer(CONTAINER)),
            label -> {});
    List<MessageId> hits = node.hits();
    assertEquals(3, hits.size(), hits::toString);
    assertEquals(before, hits.get(0));
    assertTrue(hits.containsAll(List.of(unseen, after)));
    node.restart();
    assertEquals(hits, node.hits());
  }

  /** Otherwise a FLASH waits for all hits of many messages, and beyond a size none is committed. */
  @Test
  void hitsOfManyWatches_areSmallChanges_andEachIsCountedOnce_alsoAcrossARestart() {
    List<NodeName> clients = IntStream.range(0, 5).mapToObj(i -> new NodeName("c" + i)).toList();
    for (NodeName client : clients) {
      node.mayWatch.add(client.value());
      for (int i = 0; i < 500; i++) {
        node.watch(client, request("container:" + CONTAINER, "case:" + i));
      }
    }
    for (int i = 0; i < 4; i++) {
      node.receivedContainer();
    }
    for (long round = 1; round <= 5; round++) {
      node.store.calls();
      node.watches.round();
      int read = requireNonNull(node.store.calls().get("get INBOX"));
      assertTrue(read <= 2, "each message is read once");
      assertEquals(round * WatchFollower.MOST_HITS, clients.stream().mapToLong(this::last).sum());
      if (round == 2) {
        node.restart();
      }
    }
    int leaves = node.leaves.count();
    node.watches.round();
    assertEquals(leaves, node.leaves.count(), "there is nothing more");
    for (NodeName client : clients) {
      List<WatchHit> hits =
          WatchTable.of(node.ledger).hits(client.value(), 0, 10_000).stream()
              .map(WatchTable.NumberedHit::hit)
              .toList();
      assertEquals(2_000, hits.size());
      assertEquals(
          2_000,
          hits.stream().map(hit -> hit.getWatch() + "/" + hit.getPosition()).distinct().count());
    }
  }

  /** Unequal watches multiply hits as equal ones do. */
  @Test
  void hitsOfOneClient_delayNoOther_andAreCountedOnce_alsoAcrossARestart() {
    for (int i = 0; i < Watches.MAX_OF_A_CLIENT; i++) {
      node.watch("place:NLRTM", "case:" + i);
    }
    node.watch(OTHER, request("place:BEANR"));
    for (int i = 0; i < 40; i++) {
      node.received(Subject.newBuilder().setPlace("NLRTM"));
    }
    MessageId other = node.received(Subject.newBuilder().setPlace("BEANR"));
    int before = node.leaves.count();
    assertEquals(List.of(other), node.hits(OTHER));
    for (int round = 2; round <= 21; round++) {
      node.watches.round();
      assertEquals(1, last(OTHER), "counted once");
      if (round == 2) {
        node.restart();
      }
    }
    assertEquals(40_000, last(DESK));
    List<WatchHit> kept =
        WatchTable.of(node.ledger).hits(DESK.value(), 0, WatchFollower.MAX_HITS).stream()
            .map(WatchTable.NumberedHit::hit)
            .toList();
    assertEquals(
        WatchFollower.MAX_HITS,
        kept.stream().map(hit -> hit.getWatch() + "/" + hit.getPosition()).distinct().count());
    List<AuditRecord> leaves = node.leaves.all();
    assertEquals(
        22,
        leaves.subList(before, leaves.size()).stream().filter(it -> isHit(it.type())).count(),
        "one for each client and round");
    node.watches.round();
    assertEquals(leaves.size(), node.leaves.count(), "it has caught up");
    MessageId later =
        node.received(
            Lane.PRIORITY, WatchNode.about(Subject.newBuilder().setPlace("BEANR")), label -> {});
    assertEquals(List.of(other, later), node.hits(OTHER));
  }

  /** Each person has a leaf, so that a client would have one for each hit. */
  @Test
  void leavesOfARound_areOfFewPersons_andTheOthersFollow() {
    int persons = 2 * WatchFollower.MOST_PERSONS + 1;
    for (int i = 0; i < persons; i++) {
      OnBehalfOf person = PERSON.toBuilder().setOfficer("DE-" + i).build();
      node.watch(DESK, request("container:" + CONTAINER, "case:" + i).setOnBehalfOf(person));
    }
    node.receivedContainer();
    for (int left = persons; left > 0; left -= WatchFollower.MOST_PERSONS) {
      int before = node.leaves.count();
      node.watches.round();
      assertEquals(Math.min(left, WatchFollower.MOST_PERSONS), node.leaves.count() - before);
    }
    assertEquals(persons, last(DESK));
    assertEquals("watch " + persons + ": 1 hit", node.leaves.last().outcome().detail());
  }

  @Test
  void leaf_namesTheFirstWatches_andCountsTheOthers() {
    for (int i = 0; i < 22; i++) {
      node.watch("container:" + CONTAINER, "case:" + i);
    }
    node.receivedContainer();
    MessageId second = node.receivedContainer();
    node.watches.round();
    AuditRecord leaf = node.leaves.last();
    assertTrue(leaf.outcome().detail().startsWith("watches 1, 2, 3"), leaf.outcome().detail());
    assertTrue(leaf.outcome().detail().endsWith(", 20 and 2 more: 44 hit"));
    assertEquals(2, leaf.subject().messages().size());
    assertEquals(second, leaf.subject().messages().get(1));
  }

  /** A message with many long routes would otherwise be a hit for nearly every place. */
  @Test
  void termsBeyondThoseOfTheIndex_areNoHits() {
    node.watch("place:FRJUA");
    node.watch("container:" + CONTAINER);
    Subject.Builder[] subjects = new Subject.Builder[256];
    for (int i = 0; i < 255; i++) {
      String of = "FR" + (char) ('A' + i / 26) + (char) ('A' + i % 26);
      subjects[i] =
          route(IntStream.range(0, 20).mapToObj(j -> of + (char) ('A' + j)).toArray(String[]::new));
    }
    subjects[255] = Subject.newBuilder().setContainer(CONTAINER);
    MessageId id = node.received(subjects);
    assertEquals(List.of(id), node.hits());
    assertEquals(
        List.of("container:" + CONTAINER), node.page(DESK, ask(0)).getHits(0).getSubjectsList());
  }

  private long last(NodeName client) {
    return WatchTable.of(node.ledger).span(client.value()).getLast();
  }

  @Test
  void equalWatch_ofOneClient_isRefusedByItsNumber() {
    Filter.Builder alerts = Filter.newBuilder().addKinds(Kind.KIND_ALERT);
    WatchState watch = node.watch("container:" + CONTAINER, "case:12");
    AddWatchRequest same =
        request("case:12", "container:csqu 305438-3")
            .setExpiresAt(at(node.now.plusSeconds(60)))
            .build();
    Problem problem = refused(node.watches.add(DESK, same));
    assertEquals(Code.INVALID_FIELD, problem.code());
    assertEquals("terms", problem.field());
    assertEquals("watch 1 of this client has the same subjects and filter", problem.message());
    node.watch(DESK, filtered(alerts, "container:" + CONTAINER, "case:12"));
    node.watch("case:12");
    done(node.watches.add(OTHER, same));
    done(remove(DESK, watch.getWatch()));
    done(node.watches.add(DESK, same));
    node.now = node.now.plusSeconds(60);
    done(node.watches.add(DESK, request("case:12", "container:" + CONTAINER).build()));
  }

  @Test
  void nothingThatIsWatchedFor_liesOnTheDiskInPlaintext() {
    AddWatchRequest.Builder request = request("container:" + CONTAINER, "person:Dupont/Marie");
    request.getTermsBuilder().setTitle("Operation Lighthouse");
    node.watch(DESK, request);
    node.receivedContainer();
    assertEquals(1, node.hits().size());
    int values = 0;
    try (Scan scan = node.store.scan(Table.WATCH, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        String text =
            new String(scan.key(), StandardCharsets.ISO_8859_1)
                + new String(scan.value(), StandardCharsets.ISO_8859_1);
        for (String secret :
            List.of(CONTAINER, "DUPONT", "Lighthouse", "DE-7", "4 Js", DESK.value())) {
          assertFalse(text.contains(secret), secret);
        }
        values++;
      }
    }
    assertTrue(values > 2, "watch, hit, span and places: " + values);
  }

  @Test
  void watchWhoseKeyIsGone_isNoneAnyMore() {
    node.watch("container:" + CONTAINER);
    node.keys.destroy(LocalDate.ofInstant(node.now.plus(WatchQuery.LONGEST), ZoneOffset.UTC));
    node.restart();
    assertEquals(List.of(), list(DESK));
  }

  @Test
  void damagedMessage_isPassedOver_andTheOthersAreHit() {
    node.watch("container:" + CONTAINER);
    MessageId first = node.receivedContainer();
    MessageId damaged = node.receivedContainer();
    MessageId last = node.receivedContainer();
    node.restart();
    node.spoil(damaged);
    assertEquals(List.of(first, last), node.hits());
  }

  // What is refused ------------------------------------------------------------------------------

  @Test
  void watchForEverything_orByWildcard_isRefused() {
    assertInvalid("terms.subjects", it -> it.getTermsBuilder().clearSubjects());
    for (String wrong :
        List.of("*", "container:*", "*:*", "container:", "container:CSQU.*", "hs:64", "hs:*", "")) {
      assertInvalid("terms.subjects[0]", it -> it.getTermsBuilder().setSubjects(0, wrong));
    }
    assertInvalid(
        "terms.subjects",
        it -> it.getTermsBuilder().addAllSubjects(Collections.nCopies(16, "case:x")));
  }

  /** A pattern is a name like any other, which nothing has. */
  @Test
  void patterns_meanNothing() {
    node.watch("brand:Volt*", "company:Volt.*");
    Subject.Builder goods = Subject.newBuilder();
    goods.getCommodityBuilder().setBrand("Voltara");
    node.received(goods);
    node.receivedContainer();
    assertEquals(List.of(), node.hits());
  }

  @Test
  void fieldsThatAreWrong_areRefusedByName_andLeaveNoTrace() {
    OnBehalfOf nobody = PERSON.toBuilder().clearOfficer().build();
    OnBehalfOf noReason = PERSON.toBuilder().setJustification(" ").build();
    assertInvalid("on_behalf_of.officer", it -> it.setOnBehalfOf(nobody));
    assertInvalid("on_behalf_of.justification", it -> it.setOnBehalfOf(noReason));
    assertInvalid("terms.title", it -> it.getTermsBuilder().setTitle("a\nb"));
    assertInvalid("terms.title", it -> it.getTermsBuilder().setTitle("x".repeat(201)));
    assertInvalid(
        "terms.filter.kinds",
        it ->
            it.getTermsBuilder()
                .getFilterBuilder()
                .addAllKinds(Collections.nCopies(65, Kind.KIND_ALERT)));
    assertInvalid("expires_at", it -> it.setExpiresAt(at(node.now)));
    assertInvalid("expires_at", it -> it.setExpiresAt(at(node.now.plus(Duration.ofDays(367)))));
    assertInvalid("expires_at", it -> it.setExpiresAt(Timestamp.newBuilder().setNanos(-1)));
    assertEquals(
        "on_behalf_of.officer",
        refused(node.watches.hits(DESK, ask(0).setOnBehalfOf(nobody).build())).field());
    assertEquals(
        "page_size", refused(node.watches.hits(DESK, ask(0).setPageSize(101).build())).field());
    assertEquals(
        "page_size",
        refused(node.watches.list(DESK, ListWatchesRequest.newBuilder().setPageSize(101).build()))
            .field());
    assertEquals(
        "on_behalf_of.justification",
        refused(
                node.watches.remove(
                    DESK,
                    RemoveWatchRequest.newBuilder().setWatch(1).setOnBehalfOf(noReason).build()))
            .field());
    assertEquals(0, node.leaves.count());
  }

  private static Timestamp at(Instant time) {
    return Timestamps.fromMillis(time.toEpochMilli());
  }

  /** Attack: ten clients left no watch to the others. */
  @Test
  void watchesOfManyClients_leaveRoomForOthers() {
    for (int client = 0; client < 10; client++) {
      NodeName name = new NodeName("client-" + client);
      int added = 0;
      while (node.watches.add(name, request("company:Firm " + added).build())
          instanceof Result.Done<?>) {
        added++;
      }
      assertTrue(added >= Watches.MAX_OF_ALL / 20, name + " has " + added);
    }
    node.watch(OTHER, request("company:Firm"));
  }

  @Test
  void tooMany_areRefused_forThisClientAlone() {
    for (int i = 0; i < Watches.MAX_OF_A_CLIENT; i++) {
      node.watch("company:Firm " + i);
    }
    Result<?> answer = node.watches.add(DESK, request("company:One more").build());
    assertEquals(Code.LIMIT_REACHED, refused(answer).code());
    assertEquals(Watches.MAX_OF_A_CLIENT, node.watches.count());
    node.watch(OTHER, request("company:One more"));
    ListWatchesResponse page =
        done(node.watches.list(DESK, ListWatchesRequest.newBuilder().setPageSize(100).build()));
    assertEquals(100, page.getWatchesCount());
    assertTrue(page.getMore());
    done(remove(DESK, page.getWatches(0).getWatch()));
    node.watch("company:One more");
  }
}
