package org.entente.gateway.kafka;

import org.entente.gateway.cli.call.EntenteCommand;
import picocli.CommandLine.Command;

/** Carries messages from a gateway to Apache Kafka, and drafts from there to the gateway. */
@Command(
    name = "kafka",
    description =
        "Carries messages from a gateway to Apache Kafka, and drafts from there to the gateway.",
    mixinStandardHelpOptions = true,
    subcommands = {FollowCommand.class, PublishCommand.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExit codes:%n",
    footer = {
      "  1  failed, or another process took over",
      "  2  wrong usage, such as an unknown setting of Kafka",
      "  3  gateway or broker refused the credentials or the call",
      "  4  gateway or broker did not answer at the start",
      "",
      "Once it has begun, it retries until gateway and broker are back."
    })
public final class KafkaCommand implements EntenteCommand {}
