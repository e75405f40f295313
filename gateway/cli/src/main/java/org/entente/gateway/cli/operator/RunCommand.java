package org.entente.gateway.cli.operator;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.node.assembly.Gateway;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Runs a gateway until it receives SIGTERM. */
@Command(
    name = "run",
    description = {
      "Runs a gateway.",
      "Prints its addresses as one JSON object on standard output when it is ready. Writes its log"
          + " to standard error, without message content.",
      "SIGTERM stops it in order: everything acknowledged is durable and its audit log is signed."
    },
    mixinStandardHelpOptions = true,
    footerHeading = "%nExample:%n",
    footer = "  entente run --config /var/lib/entente/fr.customs/node.yaml")
public final class RunCommand extends PrintingCommand {
  private static final Logger LOG = LoggerFactory.getLogger(RunCommand.class);
  private static final Set<String> FORMATS = Set.of("json", "text");

  @Option(names = "--config", required = true, paramLabel = "FILE", description = "node.yaml")
  private Path config = Path.of("");

  @Spec private CommandSpec spec;

  @Override
  public void run() throws InterruptedException {
    String format = System.getenv("ENTENTE_LOG_FORMAT");
    if (format != null && !FORMATS.contains(format)) {
      throw new UsageError("ENTENTE_LOG_FORMAT: \"" + format + "\"; valid: json, text");
    }
    logGrpc();
    Gateway gateway = start();
    CountDownLatch stopped = new CountDownLatch(1);
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  gateway.close();
                  stopped.countDown();
                },
                "stop"));
    LOG.info(
        "{}: {} serves clients at {}, peers at {}, monitoring at {}",
        String.join(" ", spec.root().version()),
        gateway.agency(),
        text(gateway.clientAddress()),
        gateway.peerAddress().map(RunCommand::text).orElse("no port"),
        text(gateway.adminAddress()));
    out().println(ready(gateway));
    stopped.await();
  }

  /** Routes gRPC's log, which uses java.util.logging, into the log. */
  static void logGrpc() {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
  }

  private Gateway start() {
    return Gateway.start(config, InstantSource.system());
  }

  private static String ready(Gateway gateway) {
    ObjectMapper json = new ObjectMapper();
    ObjectNode node = json.createObjectNode();
    node.put("agency", gateway.agency().value());
    node.put("clients", text(gateway.clientAddress()));
    gateway.peerAddress().ifPresent(address -> node.put("peers", text(address)));
    node.put("admin", text(gateway.adminAddress()));
    try {
      return json.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("addresses cannot be written as JSON", e);
    }
  }

  private static String text(InetSocketAddress address) {
    return address.getHostString() + ":" + address.getPort();
  }
}
