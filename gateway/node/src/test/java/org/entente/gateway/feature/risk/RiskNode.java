package org.entente.gateway.feature.risk;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import org.entente.gateway.meter.Meters;
import org.entente.gateway.model.Lane;
import org.entente.gateway.model.MessageId;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.model.Result;
import org.entente.gateway.policy.check.LabelCheck;
import org.entente.gateway.policy.codes.MessageLimits;
import org.entente.gateway.store.Scan;
import org.entente.gateway.store.Table;
import org.entente.gateway.testkit.DeskClients;
import org.entente.gateway.testkit.ReceiveKit;
import org.entente.gateway.testkit.ReceivingNode;
import org.entente.gateway.testkit.Results;
import org.entente.proto.v1.Alert;
import org.entente.proto.v1.Body;
import org.entente.proto.v1.Label;
import org.entente.proto.v1.ListScoresRequest;
import org.entente.proto.v1.ListScoresResponse;
import org.entente.proto.v1.MessageType;
import org.entente.proto.v1.Score;
import org.entente.proto.v1.ScoreMessageRequest;
import org.entente.proto.v1.ScoredMessage;
import org.entente.proto.v1.ShowScoresRequest;

/** A recipient whose clients score what it receives, over a disk that outlives it. */
final class RiskNode extends ReceivingNode {
  static final NodeName ENGINE = new NodeName("risk-engine");
  static final NodeName OTHER = new NodeName("other-engine");
  static final NodeName DESK = new NodeName("desk");
  static final NodeName OFFICE = new NodeName("records");
  final Meters meters = new Meters();
  final ExecutorService streams = Executors.newSingleThreadExecutor();
  volatile Set<String> indicators = Set.of();
  ScoreDesk scores;

  RiskNode(Path folder) throws IOException {
    super(folder);
    scores = scores();
  }

  @Override
  protected void opened() {
    scores = scores();
  }

  private ScoreDesk scores() {
    return new ScoreDesk(
        new ScoreParts(ReceiveKit.SELF, ledger, opening(), DeskClients.none(keys), random, meters),
        new ScoreCheck(new LabelCheck(MessageLimits.defaults()), () -> indicators),
        new ScoreBands(Map.of(300, "MEDIUM", 700, "HIGH")));
  }

  // What is received -----------------------------------------------------------------------------

  /** Receives an IPR alert unless the label is made another. */
  MessageId received(Consumer<Label.Builder> change) {
    return received(Lane.ROUTINE, change);
  }

  /** The same in a lane: after a restart, the origin begins to count anew in each. */
  MessageId received(Lane lane, Consumer<Label.Builder> change) {
    return received(lane, Body.newBuilder().setAlert(Alert.getDefaultInstance()).build(), change);
  }

  MessageId received() {
    return received(label -> {});
  }

  /** Its origin changes a message. */
  MessageId changed(MessageType type, MessageId target) {
    now = now.plusSeconds(1);
    return received(
        label -> label.setMessageType(type).setReferences(ByteString.copyFrom(target.bytes())));
  }

  // What clients do ------------------------------------------------------------------------------

  static ScoreMessageRequest.Builder request(MessageId id, int perMille, String model) {
    return ScoreMessageRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setPerMille(perMille)
        .setModel(model)
        .setModelVersion("1.0")
        .setAutomated(true);
  }

  static <T> T done(Result<T> answer) {
    return Results.value(answer);
  }

  Score score(NodeName client, ScoreMessageRequest.Builder request) {
    return done(scores.score(client, request.build())).getScore();
  }

  Score score(MessageId id, int perMille, String model) {
    return score(ENGINE, request(id, perMille, model));
  }

  static ShowScoresRequest.Builder ask(MessageId id) {
    return ShowScoresRequest.newBuilder()
        .setMessageId(ByteString.copyFrom(id.bytes()))
        .setOnBehalfOf(PERSON);
  }

  /** The scores of a message, the latest first. */
  List<Score> show(MessageId id) {
    return done(scores.show(DESK, ask(id).build())).getScoresList();
  }

  static ListScoresRequest.Builder ask() {
    return ListScoresRequest.newBuilder().setPageSize(100).setOnBehalfOf(PERSON);
  }

  ListScoresResponse list(ListScoresRequest.Builder request) {
    return done(scores.list(DESK, request.build()));
  }

  /** Numbers of the scores that are listed, the latest first. */
  List<Long> numbers(ListScoresRequest.Builder request) {
    return numbers(list(request).getScoresList());
  }

  List<Long> numbers() {
    return numbers(ask());
  }

  static List<Long> numbers(List<ScoredMessage> scored) {
    return scored.stream().map(it -> it.getScore().getNumber()).toList();
  }

  /** What the table of scores holds, as Latin-1 text. */
  List<String> stored() {
    List<String> out = new ArrayList<>();
    try (Scan scan = store.scan(Table.SCORE, new byte[0], null)) {
      while (scan.hasNext()) {
        scan.next();
        out.add(new String(scan.value(), StandardCharsets.ISO_8859_1));
      }
    }
    return out;
  }

  @Override
  public void close() throws IOException {
    super.close();
    streams.shutdownNow();
  }
}
