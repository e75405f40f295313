package org.entente.gateway.deliver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Severity;
import org.junit.jupiter.api.Test;

/** What clients may filter by, and what then comes through. */
class FilterLimitsTest {
  /** Positions that hold what is set aside: none. */
  private static final Set<Long> ASIDE = Set.of();

  private static Filter.Builder filter() {
    return Filter.newBuilder();
  }

  private static void assertRefused(String field, String because, Filter.Builder filter) {
    List<Problem> problems = FilterLimits.problems("open.filter", filter.build());
    assertEquals(1, problems.size(), problems.toString());
    assertEquals(Code.INVALID_FIELD, problems.get(0).code());
    assertEquals("open.filter." + field, problems.get(0).field());
    assertTrue(problems.get(0).message().contains(because), problems.get(0).message());
  }

  @Test
  void filter_ofEveryField_isTaken() {
    Filter whole =
        filter()
            .addKinds(Kind.KIND_ALERT)
            .addAllCategories(Collections.nCopies(64, Category.CATEGORY_IPR))
            .addJurisdictions("FR")
            .addJurisdictions("US-CA")
            .addOrigins("fr.customs")
            .addLanesValue(Lane.FLASH.number())
            .setMinimumSeverity(Severity.SEVERITY_MINOR)
            .setExercise(true)
            .build();
    assertEquals(List.of(), FilterLimits.problems("filter", whole));
    assertEquals(List.of(), FilterLimits.problems("filter", Filter.getDefaultInstance()));
  }

  /** A client would wait for ever for what is in no label. */
  @Test
  void valuesThatNoLabelHas_areRefused_withWhatIsValid() {
    assertRefused(
        "kinds",
        "has 0, which is unknown to this gateway",
        filter().addKinds(Kind.KIND_UNSPECIFIED));
    assertRefused(
        "kinds", "has 999, which is unknown to this gateway", filter().addKindsValue(999));
    assertRefused("kinds", "has -1, which is unknown to this gateway", filter().addKindsValue(-1));
    assertRefused("categories", "has 999", filter().addCategoriesValue(999));
    assertRefused("lanes", "valid are [FLASH, IMMEDIATE", filter().addLanesValue(0));
    assertRefused("minimum_severity", "MINOR to EXTREME", filter().setMinimumSeverityValue(99));
    for (String place : List.of("France", "fr", "", "EU-", "US-CALIF")) {
      assertRefused("jurisdictions", "such as FR or US-CA", filter().addJurisdictions(place));
    }
    for (String agency : List.of("FR.customs", "customs", "", "fr.customs ", "fr.customs/desk")) {
      assertRefused("origins", "such as fr.customs", filter().addOrigins(agency));
    }
  }

  @Test
  void tooManyValues_areRefused_ofEachField_withoutLookingAtThem() {
    assertRefused(
        "kinds", "at most 64", filter().addAllKinds(Collections.nCopies(65, Kind.KIND_ALERT)));
    assertRefused(
        "categories",
        "at most 64",
        filter().addAllCategories(Collections.nCopies(65, Category.CATEGORY_IPR)));
    assertRefused("lanes", "at most 64", filter().addAllLanesValue(Collections.nCopies(65, 1)));
    assertRefused(
        "jurisdictions",
        "has 100000 values; at most 64",
        filter().addAllJurisdictions(Collections.nCopies(100_000, "x")));
    assertRefused("origins", "at most 64", filter().addAllOrigins(Collections.nCopies(65, "a.b")));
  }

  /** Threat 64: what is refused is quoted, cut and without what would steer a terminal or log. */
  @Test
  void refusedValue_isQuotedCut_withoutControlCharacters() {
    List<Problem> problems =
        FilterLimits.problems("f", filter().addOrigins("\u001b[2J\n" + "x".repeat(9_999)).build());
    String message = problems.get(0).message();
    assertTrue(message.length() < 300, message.length() + " characters");
    assertTrue(message.chars().noneMatch(Character::isISOControl), message);
  }

  private static boolean lets(Filter.Builder filter, Label.Builder label) {
    return match(filter).matches(label.build());
  }

  @Test
  void match_isOfEveryFieldThatIsGiven_andAnyOfItsValues() {
    Label.Builder label =
        Label.newBuilder()
            .setKind(Kind.KIND_ALERT)
            .setCategory(Category.CATEGORY_IPR)
            .addJurisdictions("US-CA")
            .addJurisdictions("FR")
            .setSeverity(Severity.SEVERITY_SEVERE);
    Filter.Builder both =
        filter().addCategories(Category.CATEGORY_NARCOTICS).addCategories(Category.CATEGORY_IPR);
    assertTrue(lets(both, label));
    assertFalse(lets(both.clone().addKinds(Kind.KIND_REQUEST), label));
    assertTrue(lets(both.clone().addKinds(Kind.KIND_ALERT).addJurisdictions("FR"), label));
    assertFalse(lets(filter().addJurisdictions("US"), label), "codes are compared whole");
    assertTrue(lets(filter().setMinimumSeverity(Severity.SEVERITY_MODERATE), label));
    assertFalse(lets(filter().setMinimumSeverity(Severity.SEVERITY_EXTREME), label));
    assertFalse(
        lets(filter().setMinimumSeverity(Severity.SEVERITY_MINOR), label.clone().clearSeverity()),
        "without severity it is not at least so severe");
  }

  /** Whoever sent it is known by the gateway, whatever the label might say. */
  @Test
  void origin_isTheOneThatTheGatewayVerified() {
    InboxTable.PlacedRecord placed = placed(record());
    assertTrue(match(filter().addOrigins("fr.customs")).mayGive(placed));
    assertFalse(match(filter().addOrigins("us.cbp")).mayGive(placed));
    assertTrue(match(filter().addOrigins("us.cbp").addOrigins("fr.customs")).mayGive(placed));
  }

  /** By when something is to be delivered does not say until when it is kept. */
  @Test
  void pastItsDeliveryTime_isNotDelivered_andGivenAllTheSame() {
    MessageFilter all = match(filter());
    InboxTable.PlacedRecord placed = placed(record().setExpiresAtMs(1_000));
    assertTrue(all.mayDeliver(placed, ASIDE::contains, 999));
    assertFalse(all.mayDeliver(placed, ASIDE::contains, 1_000));
    assertTrue(all.mayGive(placed));
    assertFalse(match(filter().addOrigins("us.cbp")).mayDeliver(placed, ASIDE::contains, 999));
    InboxTable.PlacedRecord recalled = placed(record().setRecalled(true));
    assertFalse(all.mayDeliver(recalled, ASIDE::contains, 0));
    assertFalse(all.mayGive(recalled));
    InboxTable.PlacedRecord exercise = placed(record().setExercise(true));
    assertFalse(all.mayDeliver(exercise, ASIDE::contains, 0));
    assertFalse(all.mayGive(exercise));
    InboxTable.PlacedRecord damaged = placed(record().clearMessageId());
    assertFalse(all.mayDeliver(damaged, ASIDE::contains, 0));
    assertFalse(all.mayGive(damaged));
  }

  /** What a person may be told of by its label is not therefore opened. */
  @Test
  void restrictedOrSetAside_isNotOpened() {
    MessageFilter all = match(filter());
    InboxTable.PlacedRecord placed = placed(record());
    assertTrue(all.mayOpen(placed, ASIDE::contains));
    assertFalse(all.mayOpen(placed, position -> position == placed.position()));
    assertTrue(all.mayOpen(placed, position -> position != placed.position()));
    InboxTable.PlacedRecord restricted = placed(record().setRestricted(true));
    assertTrue(all.mayGive(restricted));
    assertFalse(all.mayOpen(restricted, ASIDE::contains));
    assertFalse(all.mayDeliver(restricted, ASIDE::contains, 0));
    for (InboxRecord.Builder other :
        List.of(
            record().setRecalled(true), record().setExercise(true), record().clearMessageId())) {
      assertFalse(all.mayOpen(placed(other), ASIDE::contains), other.toString());
    }
  }

  private static InboxRecord.Builder record() {
    return InboxRecord.newBuilder()
        .setMessageId(ByteString.copyFrom(new byte[MessageId.SIZE]))
        .setOrigin("fr.customs")
        .setExpiresAtMs(Long.MAX_VALUE);
  }

  private static InboxTable.PlacedRecord placed(InboxRecord.Builder record) {
    return new InboxTable.PlacedRecord(Lane.ROUTINE, 1, record.build());
  }

  private static MessageFilter match(Filter.Builder filter) {
    NodeName anybody = new NodeName("desk");
    return new MessageFilter(
        filter.build(), DeskClients.none(new MemoryStorageKeys()).sight(anybody));
  }
}
