package org.entente.gateway.receive;

import static org.entente.gateway.receive.RecipientNode.LANE;
import static org.entente.gateway.receive.RecipientNode.bytes;
import static org.entente.gateway.receive.RecipientNode.text;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.entente.gateway.feature.request.RequestTable;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.ledger.Ledger;
import org.entente.gateway.ledger.table.InboxTable;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.policy.decide.Permitted;
import org.entente.gateway.testkit.DeskClients;
import org.entente.proto.store.v1.InboxRecord;
import org.entente.proto.store.v1.RequestRecord;
import org.entente.proto.store.v1.RequestState;
import org.entente.proto.v1.Answer;
import org.entente.proto.v1.AnswerResult;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.ConsentAsked;
import org.entente.proto.v1.ConsentNotice;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Request;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** To which desks what arrives is directed. */
class DeskRoutingTest {
  @AutoClose private final RecipientNode node;
  private final Desks desks;

  DeskRoutingTest(@TempDir Path folder) throws IOException {
    node = new RecipientNode(folder);
    desks = DeskClients.none(node.keys);
  }

  /** Desks to which a message is directed; empty where it is directed to none. */
  private Optional<List<String>> directed(MessageId id) {
    InboxRecord record = node.record(id);
    assertEquals(bytes(id), record.getMessageId());
    return record.getSealedDesks().isEmpty()
        ? Optional.empty()
        : Optional.of(desks.of(record).orElseThrow());
  }

  private Optional<List<String>> directed(Permitted message) {
    node.deliver(message);
    return directed(message.messageId());
  }

  private Permitted alert(Consumer<Label.Builder> change) {
    return node.alert(text("an alert"), change);
  }

  private double unstaffed() {
    return node.kit
        .meters()
        .text()
        .lines()
        .filter(line -> line.startsWith("entente_desk_unstaffed_total "))
        .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' '))))
        .sum();
  }

  @Test
  void message_goesToTheDesksItNames_andOneThatNobodySitsAt_isCounted() {
    assertEquals(Optional.empty(), directed(node.alert("for all")));
    assertEquals(
        Optional.of(List.of("border")), directed(alert(label -> label.addDesks("border"))));
    assertEquals(0, unstaffed());
    assertEquals(
        Optional.of(List.of("nobody")), directed(alert(label -> label.addDesks("nobody"))));
    assertEquals(1, unstaffed());
  }

  @Test
  void message_thatChangesAnother_goesWhereThatWent() {
    Permitted first = alert(label -> label.addDesks("border"));
    node.deliver(first);
    assertEquals(
        Optional.of(List.of("border")),
        directed(
            alert(
                label ->
                    label
                        .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
                        .setReferences(bytes(first.messageId())))));
    Permitted forAll = node.kept("for all");
    assertEquals(
        Optional.empty(),
        directed(
            alert(
                label ->
                    label
                        .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
                        .setReferences(bytes(forAll.messageId())))));
    Permitted recall = node.recallOf(first.messageId());
    assertEquals(Optional.of(List.of("border")), directed(recall));
  }

  @Test
  void message_thatNamesItsOwnDesks_goesThere_whateverItChanges() {
    Permitted first = alert(label -> label.addDesks("border"));
    node.deliver(first);
    assertEquals(
        Optional.of(List.of("other")),
        directed(
            alert(
                label ->
                    label
                        .addDesks("other")
                        .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
                        .setReferences(bytes(first.messageId())))));
  }

  /** Such a message has words about another that not everybody may read. */
  @Test
  void message_aboutWhatIsNotHere_isForClientsAtNoDesk() {
    Optional<List<String>> nobody = Optional.of(List.of());
    assertEquals(nobody, directed(node.recallOf(node.id())));
    assertEquals(
        nobody,
        directed(
            alert(
                label ->
                    label
                        .setMessageType(MessageType.MESSAGE_TYPE_UPDATE)
                        .setReferences(bytes(node.id())))));
    assertEquals(
        nobody, directed(alert(label -> label.setMessageType(MessageType.MESSAGE_TYPE_CANCEL))));
    assertEquals(
        nobody,
        directed(alert(label -> label.setMessageType(MessageType.MESSAGE_TYPE_RESTRICTION))));
    assertEquals(nobody, directed(alert(label -> label.setReferences(bytes(node.id())))));
    assertEquals(
        nobody,
        directed(
            node.message(
                LANE,
                Kind.KIND_CONSENT,
                Body.newBuilder()
                    .setConsent(
                        ConsentNotice.newBuilder().setAsked(ConsentAsked.getDefaultInstance()))
                    .build(),
                Label.Builder::clearCategory)));
    assertEquals(
        Optional.empty(),
        directed(alert(label -> label.setMessageType(MessageType.MESSAGE_TYPE_ALERT))));
  }

  @Test
  void message_aboutAnothersMessage_isNotDirectedByIt() {
    Permitted first = alert(label -> label.addDesks("border"));
    node.deliver(first);
    InboxTable.PlacedRecord placed = node.placed(first.messageId());
    Ledger ledger = node.ledger;
    ledger.commit(
        Lane.ROUTINE,
        tx -> {
          ledger
              .inbox()
              .replace(tx, placed, placed.record().toBuilder().setOrigin("sg.police").build());
          return tx;
        });
    assertEquals(Optional.of(List.of()), directed(node.recallOf(first.messageId())));
  }

  private Permitted request(Consumer<Label.Builder> change) {
    return node.message(
        LANE,
        Kind.KIND_REQUEST,
        Body.newBuilder().setRequest(Request.newBuilder().setQuestion("known?")).build(),
        change);
  }

  @Test
  void reminder_goesWhereItsRequestWent() {
    Permitted request = request(label -> label.addDesks("border"));
    node.deliver(request);
    node.clock.move(RequestTable.REMINDERS_APART);
    assertEquals(Optional.of(List.of("border")), directed(reminder(request.messageId())));
  }

  private Permitted reminder(MessageId of) {
    return node.message(
        LANE,
        Kind.KIND_REQUEST,
        Body.newBuilder().setRequest(Request.newBuilder().setReminder(true)).build(),
        label -> label.setInReplyTo(bytes(of)));
  }

  @Test
  void answer_toARequestOfThisAgency_isDirectedToNoDesk() {
    MessageId asked = node.sent(false, RecipientNode.ORIGIN);
    node.ledger.commit(
        Lane.ROUTINE,
        tx -> {
          RequestTable.of(node.ledger)
              .put(
                  tx,
                  new RequestTable.Name(
                      RequestTable.Side.ASKED, asked, RecipientNode.ORIGIN.value()),
                  RequestRecord.newBuilder()
                      .setRequestId(bytes(asked))
                      .setAgency(RecipientNode.ORIGIN.value())
                      .setState(RequestState.REQUEST_STATE_OPEN)
                      .setAskedAtMs(node.clock.millis())
                      .build());
          return tx;
        });
    Permitted answer =
        node.message(
            LANE,
            Kind.KIND_ANSWER,
            Body.newBuilder()
                .setAnswer(Answer.newBuilder().setResult(AnswerResult.ANSWER_RESULT_NO_HIT))
                .build(),
            label -> label.setInReplyTo(bytes(asked)));
    assertEquals(Optional.empty(), directed(answer));
  }
}
