package org.entente.gateway.feature.request;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.util.Timestamps;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.entente.gateway.audit.record.AuditPerson;
import org.entente.gateway.audit.record.AuditRecord;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.check.DraftCheck;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.store.KeyBuilder;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.RecordedLeaves;
import org.entente.gateway.testkit.RequestSamples;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Draft;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Matching;
import org.entente.proto.v1.OnBehalfOf;
import org.entente.proto.v1.OwnResponder;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderList;
import org.entente.proto.v1.ResponderStatus;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** What clients say of the systems that answer for their agency, over a ledger. */
class ResponderRegistryTest {
  private static final Instant NOW = Instant.parse("2026-11-25T10:00:00Z");
  private static final LabelCheck CHECK = new LabelCheck(MessageLimits.defaults());
  private static final NodeName SEIZURES = new NodeName("seizures");
  private static final NodeName OTHER = new NodeName("other");

  private final MemoryStore.Disk disk = new MemoryStore.Disk();
  private final RecordedLeaves journal = new RecordedLeaves();
  @AutoClose private Ledger ledger = QuietLedger.started(new MemoryStore(disk), () -> NOW, journal);

  private ResponderRegistry responders() {
    return new ResponderRegistry(new AgencyName("de.customs"), ledger, CHECK);
  }

  private static Responder.Builder responder() {
    return Responder.newBuilder()
        .setName("seizures")
        .addCategories(Category.CATEGORY_IPR)
        .setDescription("seizures since 2019")
        .setAnswersWithinMinutes(60)
        .setMatching(Matching.MATCHING_EXACT)
        .setDataAgeMinutes(1_440)
        .setSubjectsPerRequest(16)
        .setStatus(ResponderStatus.RESPONDER_STATUS_AVAILABLE);
  }

  private Optional<Problem> register(NodeName client, Responder.Builder responder) {
    return responders().register(client, responder.build(), RequestSamples.PERSON);
  }

  @Test
  void responder_isRegistered_changed_andWithdrawn_onRecord_alsoOverARestart() {
    assertEquals(Optional.empty(), register(SEIZURES, responder()));
    Responder.Builder degraded = responder().setStatus(ResponderStatus.RESPONDER_STATUS_DEGRADED);
    assertEquals(Optional.empty(), register(SEIZURES, degraded));
    ledger.close();
    ledger = QuietLedger.started(new MemoryStore(disk), () -> NOW, journal);
    OwnResponder own = responders().list().get(0);
    assertEquals(degraded.build(), own.getResponder());
    assertEquals("seizures", own.getClient());
    assertEquals(
        Optional.empty(), responders().withdraw(SEIZURES, "seizures", RequestSamples.PERSON));
    assertEquals(List.of(), responders().list());
    List<AuditRecord> leaves =
        journal.all().stream().filter(leaf -> leaf.type() == AuditType.RESPONDER).toList();
    assertEquals(
        List.of("registered seizures", "changed seizures", "withdrew seizures"),
        leaves.stream().map(leaf -> leaf.outcome().detail()).toList());
    AuditPerson person = leaves.get(0).actor().onBehalfOf();
    assertEquals("case 12/26", person == null ? "nobody" : person.justification());
  }

  /** Damage that no checksum shows. */
  @Test
  void recordThatCannotBeRead_hidesNoOthers() {
    register(SEIZURES, responder());
    byte[] key = KeyBuilder.key().u8(4).ascii("broken").done();
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          tx.put(Table.REQUEST, key, new byte[] {-1});
          return key;
        });
    assertEquals(1, responders().list().size());
    assertEquals(1, ledger.unreadable().count(Table.REQUEST));
  }

  @Test
  void clientOfAResponder_liesNowhereOnTheDisk() {
    register(new NodeName("okapi-desk"), responder());
    try (Scan scan = new MemoryStore(disk).scan(Table.REQUEST, new byte[0], null)) {
      assertTrue(scan.hasNext());
      while (scan.hasNext()) {
        scan.next();
        String row = new String(scan.value(), StandardCharsets.ISO_8859_1);
        assertFalse(row.contains("okapi"), row);
      }
    }
    assertEquals("okapi-desk", responders().list().get(0).getClient());
  }

  @Test
  void responder_ofAnotherClient_isNeitherChangedNorWithdrawn() {
    register(SEIZURES, responder());
    assertEquals("responder.name", register(OTHER, responder()).orElseThrow().field());
    Optional<Problem> refusal = responders().withdraw(OTHER, "seizures", RequestSamples.PERSON);
    assertEquals(Code.NOT_FOUND, refusal.orElseThrow().code());
    assertEquals(
        Code.NOT_FOUND,
        responders()
            .withdraw(OTHER, "naïve\u0000" + "x".repeat(300), RequestSamples.PERSON)
            .orElseThrow()
            .code());
    assertEquals(1, responders().list().size());
  }

  @Test
  void respondersOfAClient_areAsManyAsAreFree_andOthersHaveRoom() {
    for (int i = 0; i < LabelCheck.MAX_RESPONDERS / 2; i++) {
      assertEquals(Optional.empty(), register(SEIZURES, responder().setName("r-" + i)));
    }
    assertEquals(
        Code.LIMIT_REACHED,
        register(SEIZURES, responder().setName("one-more")).orElseThrow().code());
    assertEquals(Optional.empty(), register(SEIZURES, responder().setName("r-0")));
    assertEquals(Optional.empty(), register(OTHER, responder().setName("another")));
  }

  @Test
  void call_withoutAPersonOrAReason_isRefused() {
    OnBehalfOf nobody = OnBehalfOf.getDefaultInstance();
    Optional<Problem> refusal = responders().register(SEIZURES, responder().build(), nobody);
    assertEquals("on_behalf_of.officer", refusal.orElseThrow().field());
    assertTrue(responders().withdraw(SEIZURES, "seizures", nobody).isPresent());
  }

  private DynamicTest wrong(String field, Consumer<Responder.Builder> change) {
    Responder.Builder responder = responder();
    change.accept(responder);
    return DynamicTest.dynamicTest(
        field,
        () ->
            assertTrue(
                CHECK.responder(responder.build()).stream()
                    .anyMatch(problem -> problem.field().equals("responder." + field)),
                responder.toString()));
  }

  @TestFactory
  Stream<DynamicTest> responder_wrong_isRefusedByField() {
    return Stream.of(
        wrong("name", it -> it.setName("")),
        wrong("name", it -> it.setName("Two Words")),
        wrong("name", it -> it.setName("x".repeat(65))),
        wrong("categories", it -> it.clearCategories()),
        wrong("categories", it -> it.addCategories(Category.CATEGORY_IPR)),
        wrong("categories", it -> it.addCategoriesValue(999)),
        wrong("description", it -> it.setDescription("two\nlines")),
        wrong("description", it -> it.setDescription("x".repeat(201))),
        wrong("answers_within_minutes", it -> it.clearAnswersWithinMinutes()),
        wrong("answers_within_minutes", it -> it.setAnswersWithinMinutes(43_201)),
        wrong("matching", it -> it.clearMatching()),
        wrong("data_age_minutes", it -> it.setDataAgeMinutes(-1)),
        wrong("subjects_per_request", it -> it.setSubjectsPerRequest(257)),
        wrong("status", it -> it.setStatusValue(7)));
  }

  /** What a gateway says for its agency no client says. */
  @Test
  void client_thatPublishesAList_isRefused() {
    Body list =
        Body.newBuilder()
            .setResponders(
                ResponderList.newBuilder()
                    .addResponders(responder())
                    .setAt(Timestamps.fromMillis(NOW.toEpochMilli())))
            .build();
    Draft draft =
        RequestSamples.draft(
                "k", RequestSamples.asks().setKind(Kind.KIND_RESPONDERS), list, "fr.customs")
            .build();
    DraftCheck check = CHECK.draft(draft, NOW);
    Problem first = assertInstanceOf(DraftCheck.InvalidDraft.class, check).problems().get(0);
    assertEquals("label.kind", first.field());
  }
}
