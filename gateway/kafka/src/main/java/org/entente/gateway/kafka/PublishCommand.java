package org.entente.gateway.kafka;

import io.grpc.ManagedChannel;
import org.entente.gateway.cli.call.ClientCall;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Publishes drafts from a topic and writes their outcomes to another. */
@Command(
    name = "publish",
    description = {
      "Publishes the drafts of a topic, each once, and writes their outcomes to another topic.",
      "The value of a record is an entente.v1.Draft without idempotency_key, which follows from the"
          + " record's place. Who may write to the topic can publish as this client."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = {
      "  entente kafka publish --drafts drafts --outcomes outcomes --group entente \\",
      "      --kafka kafka.properties \\",
      "      --gateway 127.0.0.1:7441 --credentials fr.customs/clients/declarations",
      "",
      "An outcome has the key of its draft, and a header with the draft's topic, partition and"
          + " offset."
    })
final class PublishCommand extends ClientCall {
  @Option(
      names = "--drafts",
      paramLabel = "TOPIC",
      required = true,
      description = "drafts to publish")
  private String drafts = "";

  @Option(
      names = "--outcomes",
      paramLabel = "TOPIC",
      required = true,
      description = "where their outcomes go; must exist")
  private String outcomes = "";

  @Option(
      names = "--group",
      required = true,
      description = "consumer group, whose offsets say which drafts have an outcome")
  private String group = "";

  @Option(
      names = "--instance",
      paramLabel = "NAME",
      defaultValue = "0",
      description =
          "name of this process, if several of the group share the topic; the same after a restart"
              + " (default: ${DEFAULT-VALUE})")
  private String instance = "0";

  @Option(
      names = "--new-group",
      description =
          "the group has read nothing: publish all drafts in the topic. Only for its first start")
  private boolean newGroup;

  @Mixin private BridgeOptions options = new BridgeOptions();

  @Override
  public void with(ManagedChannel channel) {
    check();
    PublishSession.Source source =
        new PublishSession.Source(
            options.settings(),
            drafts,
            group,
            instance,
            new OutcomeRecords(outcomes, options.format()));
    BridgeLoop loop = new BridgeLoop(this::report);
    PublishSession.Counts counts = new PublishSession.Counts();
    GroupStart start = new GroupStart(group, newGroup);
    try {
      follow(
          channel,
          () -> "the committed offset of group " + group,
          open -> loop.run(() -> new PublishSession(source, start, loop, counts).run(open)));
      print(json() ? JsonText.line(counts.json()) : counts.words());
      out().flush();
    } finally {
      loop.end();
    }
  }

  private void check() {
    if (drafts.equals(outcomes)) {
      throw new UsageError("--outcomes: must be another topic than --drafts");
    }
    if (instance.contains("/")) {
      throw new UsageError("--instance: found \"" + instance + "\"; valid is a name without \"/\"");
    }
  }

  private void report(String line) {
    err().println("entente: " + line);
    err().flush();
  }
}
