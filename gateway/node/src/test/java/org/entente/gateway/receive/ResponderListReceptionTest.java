package org.entente.gateway.receive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.google.protobuf.util.Timestamps;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.entente.gateway.feature.request.AdvertisedResponders;
import org.entente.gateway.feature.request.Discovery;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.record.RecordSeal;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Refusal;
import org.entente.gateway.policy.decide.FixedLabels;
import org.entente.gateway.policy.decide.PermittedFixture;
import org.entente.gateway.policy.decide.Policy;
import org.entente.gateway.policy.decide.PolicyFixture;
import org.entente.gateway.retention.ErasureJournal;
import org.entente.gateway.testkit.MemoryStorageKeys;
import org.entente.gateway.testkit.MemoryStore;
import org.entente.gateway.testkit.QuietLedger;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.SettableClock;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Category;
import org.entente.proto.v1.DiscoverRequest;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.Responder;
import org.entente.proto.v1.ResponderList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a member says that it may be asked, as it arrives: sealed by it, opened here. */
class ResponderListReceptionTest {
  private final SecureRandom random = new SecureRandom();
  private final MemoryStorageKeys keys = new MemoryStorageKeys();
  private final SettableClock clock = new SettableClock(PolicyFixture.NOW);
  private final Ledger ledger = QuietLedger.started(new MemoryStore(new MemoryStore.Disk()), clock);

  @AutoClose("closeWithLedger")
  private final ReceiveKit kit;

  private boolean refuses;

  ResponderListReceptionTest(@TempDir Path folder) throws IOException {
    ErasureJournal journal = ErasureJournal.open(folder.resolve("erasures"), 0);
    kit =
        new ReceiveKit(
            ledger,
            keys,
            keys,
            journal,
            (origin, label, body) ->
                refuses
                    ? Optional.of(
                        IngressRefusal.open(
                            new Refusal(origin.value(), Code.INGRESS_REFUSED, "test", "not today")))
                    : Optional.empty(),
            clock);
  }

  private MessageId says(Instant at, String name, Category... categories) {
    MessageId id = MessageId.fresh(ReceiveKit.ORIGIN, clock.instant().toEpochMilli(), random);
    ResponderList list =
        ResponderList.newBuilder()
            .addResponders(
                Responder.newBuilder().setName(name).addAllCategories(List.of(categories)))
            .setAt(Timestamps.fromMillis(at.toEpochMilli()))
            .build();
    kit.deliver(
        PermittedFixture.permitted(
            id,
            ReceiveKit.ORIGIN,
            Lane.ROUTINE,
            Label.newBuilder().setKind(Kind.KIND_RESPONDERS).build(),
            Body.newBuilder().setResponders(list).build(),
            clock.instant(),
            FixedLabels.RESPONDERS.agreement(),
            FixedLabels.RESPONDERS.retentionDays(),
            ReceiveKit.SELF.value()));
    return id;
  }

  private List<String> found(Policy policy, Category... sought) {
    AdvertisedResponders advertised =
        new AdvertisedResponders(ledger, new RecordSeal(keys, random));
    return new Discovery(ReceiveKit.SELF, advertised, () -> policy, clock)
        .find(DiscoverRequest.newBuilder().addAllCategories(Set.of(sought)).build()).stream()
            .map(
                one ->
                    one.getAgency()
                        + " "
                        + one.getResponder().getName()
                        + " "
                        + one.getResponder().getCategoriesList())
            .toList();
  }

  @Test
  void list_isFoundInTheCategoriesOfOwnAgreements_andIsNoMessageOfTheInbox() {
    MessageId id =
        says(clock.instant(), "all", Category.CATEGORY_IPR, Category.CATEGORY_TRAFFICKING);
    // The union's agreement on customs, which lets requests through, has no trafficking.
    assertEquals(List.of("fr.customs all [CATEGORY_IPR]"), found(PolicyFixture.demo()));
    assertEquals(List.of(), found(PolicyFixture.demo(), Category.CATEGORY_TRAFFICKING));
    assertEquals(1, found(PolicyFixture.demo(), Category.CATEGORY_IPR).size());
    assertNull(ledger.inbox().find(id));
    assertEquals(List.of(), kit.owed(), "nobody waits for evidence of it");
  }

  @Test
  void laterList_countsAlone_andAnOlderOneThatComesLateDoesNot() {
    says(clock.instant(), "second", Category.CATEGORY_IPR);
    says(clock.instant().minusSeconds(60), "first", Category.CATEGORY_IPR);
    assertEquals(List.of("fr.customs second [CATEGORY_IPR]"), found(PolicyFixture.demo()));
    says(clock.instant().plusSeconds(1), "third", Category.CATEGORY_IPR);
    assertEquals(List.of("fr.customs third [CATEGORY_IPR]"), found(PolicyFixture.demo()));
  }

  /** Its later lists, said by a clock that is right again, would be dropped for a week. */
  @Test
  void listWithATimeAhead_givesWayToTheNext() {
    says(clock.instant().plus(Duration.ofDays(365)), "ahead", Category.CATEGORY_IPR);
    clock.move(Duration.ofMinutes(1));
    says(clock.instant(), "right", Category.CATEGORY_IPR);
    assertEquals(List.of("fr.customs right [CATEGORY_IPR]"), found(PolicyFixture.demo()));
  }

  @Test
  void list_thatIsNotSaidAgain_countsNoMoreAfterAWeek_whateverTimeItClaims() {
    says(Instant.parse("9999-01-01T00:00:00Z"), "lasting", Category.CATEGORY_IPR);
    clock.move(Duration.ofDays(FixedLabels.RESPONDERS.retentionDays()).minusMillis(1));
    assertEquals(1, found(PolicyFixture.demo()).size());
    clock.move(Duration.ofMillis(1));
    assertEquals(List.of(), found(PolicyFixture.demo()));
  }

  @Test
  void list_thatIsRefused_begetsNoEvidence() {
    refuses = true;
    says(clock.instant(), "refused", Category.CATEGORY_IPR);
    assertEquals(List.of(), found(PolicyFixture.demo()));
    assertEquals(List.of(), kit.owed());
  }
}
