package org.entente.gateway.feature.search;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.entente.gateway.deliver.MessageOpening;
import org.entente.gateway.deliver.MessageVisibility;
import org.entente.gateway.ledger.Desks;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.ReceivingNode;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.AlertText;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.FoundMessage;
import org.entente.proto.v1.Kind;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.OpenRequest;
import org.entente.proto.v1.OpenResponse;
import org.entente.proto.v1.SearchRequest;
import org.entente.proto.v1.SearchResponse;

/** A recipient whose received messages are searched, over a disk that outlives it. */
final class SearchNode extends ReceivingNode {
  static final NodeName DESK = new NodeName("desk");
  private final int most;
  SearchIndex indexing;
  MessageSearch searching;

  SearchNode(Path folder, int most) throws IOException {
    super(folder);
    this.most = most;
    indexing = indexing();
    indexing.round();
    searching = searching();
  }

  /** Nobody at the desk, one client each at two. */
  Desks desks() {
    return new DeskClients()
        .client("narc", "narcotics")
        .client("both", "narcotics", "ipr")
        .only("strict", "narcotics")
        .over(keys);
  }

  private SearchIndex indexing() {
    return new SearchIndex(ledger, opening(), () -> now, most);
  }

  private MessageSearch searching() {
    return new MessageSearch(parts(), indexing);
  }

  /** What is asked of a message before it is given. */
  MessageVisibility givable() {
    return new MessageVisibility(ledger, opening(), kit.evidence());
  }

  /** Opens messages for persons. */
  MessageOpening reading() {
    return new MessageOpening(
        ReceiveKit.SELF,
        ledger,
        givable(),
        desks(),
        new LabelCheck(MessageLimits.defaults()),
        new Meters());
  }

  private SearchParts parts() {
    return new SearchParts(
        ReceiveKit.SELF,
        ledger,
        opening(),
        kit.evidence(),
        desks(),
        new LabelCheck(MessageLimits.defaults()),
        new Meters());
  }

  /** No index is left by a killed process. */
  @Override
  protected void opened() {
    indexing = indexing();
    searching = searching();
  }

  @Override
  protected void closing() {
    indexing.close();
  }

  static Body alert(String... headlines) {
    Alert.Builder alert = Alert.newBuilder();
    for (String headline : headlines) {
      alert.addTexts(AlertText.newBuilder().setLanguage("en").setHeadline(headline));
    }
    return Body.newBuilder().setAlert(alert).build();
  }

  MessageId received(String headline) {
    return received(alert(headline), label -> {});
  }

  /** The same in another lane: after a restart, the origin begins to count anew in each. */
  MessageId receivedUrgently(String headline) {
    Label label = Label.newBuilder().setKind(Kind.KIND_ALERT).build();
    return deliver(Lane.PRIORITY, label, alert(headline), 30);
  }

  static SearchRequest.Builder ask() {
    return SearchRequest.newBuilder().setOnBehalfOf(PERSON);
  }

  Result<SearchResponse> answer(SearchRequest.Builder request) {
    return searching.search(DESK, request.build());
  }

  SearchResponse search(SearchRequest.Builder request) {
    return Results.value(answer(request));
  }

  /** What is found, newest first. */
  List<MessageId> found(SearchRequest.Builder request) {
    return ids(search(request));
  }

  static List<MessageId> ids(SearchResponse response) {
    return response.getMessagesList().stream()
        .map(FoundMessage::getMessageId)
        .map(id -> MessageId.of(id.toByteArray()))
        .toList();
  }

  Result<OpenResponse> open(MessageId id) {
    return reading().open(DESK, id, OpenRequest.newBuilder().setOnBehalfOf(PERSON).build());
  }
}
