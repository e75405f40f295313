package org.entente.gateway.feature.search;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.audit.record.AuditActor;
import org.entente.gateway.audit.record.AuditType;
import org.entente.gateway.audit.record.LawCategory;
import org.entente.gateway.deliver.MessageFilter;
import org.entente.gateway.deliver.MessageVisibility;
import org.entente.gateway.model.Code;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.Result;
import org.entente.gateway.receive.KeptLabels;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.ReceivingNode;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Filter;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.OpenResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Updates and restrictions that a real sender has sealed, as those who search meet them. */
class ChainSearchTest {
  @AutoClose private final SearchNode node;

  ChainSearchTest(@TempDir Path folder) throws IOException {
    node = new SearchNode(folder, 20);
  }

  private MessageId changes(MessageType type, MessageId target) {
    node.now = node.now.plusSeconds(1);
    return node.received(
        SearchNode.alert("change"),
        label -> label.setMessageType(type).setReferences(ByteString.copyFrom(target.bytes())));
  }

  private FoundMessage found(MessageId id) {
    return node.search(SearchNode.ask()).getMessagesList().stream()
        .filter(one -> one.getMessageId().equals(ByteString.copyFrom(id.bytes())))
        .findFirst()
        .orElseThrow();
  }

  private Optional<Code> refusal(MessageId id) {
    return node.open(id) instanceof Result.Refused<OpenResponse> refused
        ? Optional.of(refused.problem().code())
        : Optional.empty();
  }

  @Test
  void update_isSaidOfWhatItStandsInThePlaceOf_andOfNothingElse() {
    MessageId target = node.received("brake pads");
    MessageId other = node.received("toys");
    MessageId update = changes(MessageType.MESSAGE_TYPE_UPDATE, target);
    assertTrue(found(target).getStanding().getSuperseded());
    assertEquals(
        ByteString.copyFrom(update.bytes()),
        found(target).getStanding().getChanges(0).getMessageId());
    assertFalse(found(other).hasStanding());
    assertFalse(found(update).hasStanding());
    OpenResponse opened = Results.value(node.open(target));
    assertTrue(opened.getMessage().getStanding().getSuperseded());
  }

  @Test
  void change_isOnRecord_withWhatItChanges() {
    MessageId target = node.received("brake pads");
    MessageId update = changes(MessageType.MESSAGE_TYPE_RECTIFICATION, target);
    assertEquals(List.of(target, update), node.leaves.only(AuditType.CHANGED).subject().messages());
    assertEquals(LawCategory.ALTERATION, node.leaves.only(AuditType.CHANGED).category());
  }

  @Test
  void restricted_isFoundWithItsMark_notOpened_andNotPassedOn_untilThatIsLifted() {
    MessageId target = node.received("brake pads");
    KeptLabels labels = new KeptLabels(node.ledger, node.opening(), node.desks());
    assertTrue(labels.label(target).isPresent());
    MessageId restriction = changes(MessageType.MESSAGE_TYPE_RESTRICTION, target);
    assertTrue(found(target).getStanding().getRestricted());
    assertEquals(Optional.of(Code.RESTRICTED), refusal(target));
    assertEquals(Optional.empty(), labels.label(target));
    assertTrue(labels.isRestricted(target));
    assertEquals(Optional.empty(), refusal(restriction), "what restricts is read by all");

    changes(MessageType.MESSAGE_TYPE_CANCEL, restriction);
    assertEquals(Optional.empty(), refusal(target));
    assertTrue(labels.label(target).isPresent());
    assertFalse(labels.isRestricted(target));
    assertFalse(found(target).getStanding().getRestricted());
  }

  private MessageVisibility.Hit seen(MessageId id) {
    Result<MessageVisibility.OpenedHit> whole =
        node.givable().open(id, node.desks().sight(SearchNode.DESK), false);
    if (whole instanceof Result.Done<MessageVisibility.OpenedHit> shown) {
      return shown.value().hit();
    }
    throw new AssertionError(whole);
  }

  private boolean isGiven(MessageVisibility.Hit seen) {
    AuditActor actor = AuditActor.client(ReceiveKit.SELF, SearchNode.DESK, ReceivingNode.PERSON);
    return node.ledger.<Boolean>commit(
        Lane.ROUTINE, tx -> node.givable().recordOpening(tx, actor, SearchNode.DESK, seen));
  }

  /** It is read, and moves before the reading is on record. */
  @Test
  void messageThatComesAnew_whileItIsOpened_isGiven_andNotOnceItIsRestrictedOrGone() {
    MessageId target =
        MessageId.fresh(ReceiveKit.ORIGIN, node.now.toEpochMilli(), new SecureRandom());
    MessageId update = changes(MessageType.MESSAGE_TYPE_UPDATE, target);
    MessageVisibility.Hit seen = seen(update);
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          node.ledger.chains().arrived(tx, ReceiveKit.ORIGIN, target);
          return tx;
        });
    node.ledger.commit(Lane.ROUTINE, tx -> tx);
    assertTrue(seen(update).placed().position() > seen.placed().position(), "it has moved");
    MessageFilter match =
        new MessageFilter(Filter.getDefaultInstance(), node.desks().sight(SearchNode.DESK));
    Results.value(node.givable().open(update, seen.placed(), match));
    assertTrue(isGiven(seen));

    MessageId restriction = changes(MessageType.MESSAGE_TYPE_RESTRICTION, update);
    assertFalse(isGiven(seen));
    changes(MessageType.MESSAGE_TYPE_CANCEL, restriction);
    assertTrue(isGiven(seen));
    node.recalled(update);
    assertFalse(isGiven(seen));
  }

  @Test
  void restriction_thatComesBeforeItsTarget_andARestart_holds() {
    MessageId target = node.received("brake pads");
    changes(MessageType.MESSAGE_TYPE_RESTRICTION, target);
    node.restart();
    assertEquals(Optional.of(Code.RESTRICTED), refusal(target));
  }
}
