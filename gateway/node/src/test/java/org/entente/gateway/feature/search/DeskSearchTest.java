package org.entente.gateway.feature.search;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.SearchResponse;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To which desks what arrives is directed, as clients at them find it. */
class DeskSearchTest {
  @TempDir private Path folder;
  @AutoClose private SearchNode node;

  @BeforeEach
  void open() throws IOException {
    node = new SearchNode(folder, 100);
  }

  /** How many a client finds. */
  private int found(String client) {
    node.indexing.round();
    Result<SearchResponse> answer =
        node.searching.search(new NodeName(client), SearchNode.ask().build());
    if (answer instanceof Result.Done<SearchResponse> shown) {
      return shown.value().getMessagesCount();
    }
    throw new AssertionError(answer);
  }

  private List<Integer> foundBy(String... clients) {
    return List.of(clients).stream().map(this::found).toList();
  }

  @Test
  void named_isFoundAtItsDesks_alsoAfterARestart() {
    node.received(SearchNode.alert("for ipr"), label -> label.addDesks("ipr"));
    assertEquals(List.of(1, 0, 1, 0), foundBy("general", "narc", "both", "strict"));
    node.restart();
    assertEquals(List.of(1, 0, 1, 0), foundBy("general", "narc", "both", "strict"));
  }

  @Test
  void namingNone_isFoundByAllButWhoHasItsDesksOnly() {
    node.received("for all");
    assertEquals(List.of(1, 1, 1, 0), foundBy("general", "narc", "both", "strict"));
  }

  private MessageId notHere() {
    return MessageId.fresh(ReceiveKit.ORIGIN, node.now.toEpochMilli(), new SecureRandom());
  }

  /** It was refused, erased, or comes later: nobody can say for which desk it was. */
  @Test
  void recallOfWhatIsNotHere_isForWhoSitsAtNoDesk() {
    node.recalled(notHere());
    assertEquals(List.of(1, 0, 0, 0), foundBy("general", "narc", "both", "strict"));
  }

  @Test
  void recall_isFoundWhereItsTargetWas_andOfOneForAll_byAll() {
    node.recalled(node.received(SearchNode.alert("one"), label -> label.addDesks("narcotics")));
    assertEquals(List.of(1, 1, 1, 1), foundBy("general", "narc", "both", "strict"));
    node.recalled(node.received(SearchNode.alert("two"), label -> label.addDesks("ipr")));
    assertEquals(List.of(2, 1, 2, 1), foundBy("general", "narc", "both", "strict"));
    node.recalled(node.received("three"));
    assertEquals(List.of(3, 2, 3, 1), foundBy("general", "narc", "both", "strict"));
  }

  @Test
  void continuation_goesWhereTheMessageWent_unlessItNamesDesksItself() {
    MessageId id = node.received(SearchNode.alert("one"), label -> label.addDesks("narcotics"));
    node.received(
        SearchNode.alert("more"), label -> label.setInReplyTo(ByteString.copyFrom(id.bytes())));
    assertEquals(List.of(2, 2, 2, 2), foundBy("general", "narc", "both", "strict"));
    node.received(
        SearchNode.alert("elsewhere"),
        label -> label.setInReplyTo(ByteString.copyFrom(id.bytes())).addDesks("ipr"));
    assertEquals(List.of(3, 2, 3, 2), foundBy("general", "narc", "both", "strict"));
  }

  /** A change in FLASH overtakes its target; or that was erased, or its time is over. */
  @Test
  void change_ofWhatIsNotHere_isForWhoSitsAtNoDesk() {
    ByteString unknown = ByteString.copyFrom(notHere().bytes());
    node.received(
        SearchNode.alert("changed"),
        label -> label.setReferences(unknown).setMessageType(MessageType.MESSAGE_TYPE_UPDATE));
    assertEquals(List.of(1, 0, 0, 0), foundBy("general", "narc", "both", "strict"));
    node.received(
        SearchNode.alert("as CAP names it"),
        label -> label.setMessageType(MessageType.MESSAGE_TYPE_CANCEL));
    assertEquals(List.of(2, 0, 0, 0), foundBy("general", "narc", "both", "strict"));
  }

  /** One of two references that is not here does not hide the other. */
  @Test
  void change_whoseTargetIsNotHere_goesWhereTheMessageWentToWhichItReplies() {
    ByteString unknown = ByteString.copyFrom(notHere().bytes());
    MessageId id = node.received(SearchNode.alert("one"), label -> label.addDesks("narcotics"));
    node.received(
        SearchNode.alert("changed"),
        label ->
            label
                .setReferences(unknown)
                .setInReplyTo(ByteString.copyFrom(id.bytes()))
                .setMessageType(MessageType.MESSAGE_TYPE_UPDATE));
    assertEquals(List.of(2, 2, 2, 2), foundBy("general", "narc", "both", "strict"));
  }

  @Test
  void deskOfNobody_isFoundByWhoSitsAtNone() {
    node.received(SearchNode.alert("waste"), label -> label.addDesks("waste"));
    assertEquals(List.of(1, 0, 0, 0), foundBy("general", "narc", "both", "strict"));
  }
}
