package org.entente.gateway.kafka;

import com.google.rpc.ErrorInfo;
import io.grpc.Channel;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import java.util.Set;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.call.RpcFailures;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.model.Code;
import org.entente.proto.v1.ListDeadLettersRequest;
import org.entente.proto.v1.SubscriptionsGrpc;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Writes the messages of a subscription to a topic. */
@Command(
    name = "follow",
    description = {
      "Writes the messages of a durable subscription to a topic, each exactly once.",
      "The key of a record is the message id, its headers are the label, its value is the body. A"
          + " recalled, restricted or erased message becomes a tombstone. A message with the"
          + " obligation NO_EXPORT is not written: its record has the id alone."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente kafka follow --subscription lake --topic alerts --kafka kafka.properties \\",
      "      --gateway 127.0.0.1:7442 --credentials de.customs/clients/desk",
      "",
      "Consumers must read with isolation.level=read_committed."
    })
final class FollowCommand extends ClientCall {
  /** Only a shared subscription has dead letters. */
  private static final Set<String> EXCLUSIVE_OR_NEW =
      Set.of(Code.INVALID_FIELD.name(), Code.NOT_FOUND.name());

  @Option(
      names = "--subscription",
      paramLabel = "NAME",
      required = true,
      description = "exclusive subscription; a new one starts at the oldest stored message")
  private String subscription = "";

  @Option(names = "--topic", required = true, description = "topic to write to; must exist")
  private String topic = "";

  @Option(
      names = "--progress-topic",
      paramLabel = "TOPIC",
      description =
          "compacted topic of one partition that says what is written (default: the topic with"
              + " .entente behind it; made if it does not exist)")
  private String progress = "";

  @Mixin private BridgeOptions options = new BridgeOptions();

  @Override
  public void with(ManagedChannel channel) {
    String place = progress.isEmpty() ? topic + ".entente" : progress;
    if (place.equals(topic)) {
      throw new UsageError("--progress-topic: must be another topic than --topic");
    }
    FollowSession.Target target =
        new FollowSession.Target(
            options.settings(),
            subscription,
            place,
            ProgressKey.of(credentials(), place),
            new MessageRecords(topic, options.format()));
    BridgeLoop loop = new BridgeLoop(this::report);
    MessageWriter.Counts counts = new MessageWriter.Counts();
    try {
      follow(
          channel,
          () -> "subscription " + subscription,
          open ->
              loop.run(
                  () -> new FollowSession(target, loop, counts, this::report).run(checked(open))));
      print(json() ? JsonText.line(counts.json()) : counts.words());
      out().flush();
    } finally {
      loop.end();
    }
  }

  /** Competing consumers of a shared subscription would write a message that came again twice. */
  private Channel checked(Channel channel) {
    try {
      var unused =
          SubscriptionsGrpc.newBlockingStub(channel)
              .listDeadLetters(ListDeadLettersRequest.newBuilder().setName(subscription).build());
    } catch (StatusRuntimeException e) {
      String reason = RpcFailures.info(e).map(ErrorInfo::getReason).orElse("");
      if (EXCLUSIVE_OR_NEW.contains(reason)) {
        return channel;
      }
      throw e;
    }
    throw new UsageError(
        "--subscription: \"" + subscription + "\" is shared; valid is an exclusive one");
  }

  private void report(String line) {
    err().println("entente: " + line);
    err().flush();
  }
}
