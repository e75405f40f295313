package org.entente.gateway.cli.message;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.entente.gateway.bridge.cap.CapCheck;
import org.entente.gateway.bridge.cap.CapReader;
import org.entente.gateway.bridge.cap.CapWriter;
import org.entente.gateway.bridge.format.BadRecord;
import org.entente.gateway.bridge.format.CapAlert;
import org.entente.gateway.bridge.format.CapElement;
import org.entente.gateway.bridge.format.CapReadResult;
import org.entente.gateway.bridge.format.CapVersion;
import org.entente.gateway.bridge.format.CapWriteResult;
import org.entente.gateway.bridge.format.CapXml;
import org.entente.gateway.bridge.format.UnmappedValue;
import org.entente.gateway.cli.call.PrintingCommand;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.cli.failure.UsageError;
import org.entente.gateway.cli.text.JsonText;
import org.entente.gateway.cli.text.TerminalText;
import org.entente.gateway.model.DurableFile;
import org.entente.gateway.model.FileErrorText;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Commands for CAP documents, for integrators of systems that use CAP. */
@Command(
    name = "cap",
    description =
        "Checks and converts documents of the Common Alerting Protocol (CAP). Needs no gateway.",
    mixinStandardHelpOptions = true,
    subcommands = {CapCommand.Check.class, CapCommand.Convert.class},
    synopsisSubcommandLabel = "COMMAND",
    footerHeading = "%nExample:%n",
    footer = {
      "  entente cap check warning.cap",
      "  entente cap convert old-warning.cap --out warning.cap"
    })
public final class CapCommand {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static CapReadResult read(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      return CapReader.read(file.toString(), in);
    } catch (IOException e) {
      return new BadRecord(file.toString(), 0, "", "cannot be read: " + FileErrorText.words(e));
    }
  }

  private static ObjectNode refused(BadRecord bad) {
    ObjectNode root = JSON.createObjectNode();
    root.put("file", bad.file());
    root.put("valid", false);
    root.put("line", bad.line());
    root.put("path", bad.field());
    root.put("problem", bad.message());
    return root;
  }

  private static ObjectNode described(CapAlert alert, List<UnmappedValue> unmapped) {
    ObjectNode root = JSON.createObjectNode();
    root.put("file", alert.file());
    root.put("valid", true);
    root.put("version", version(alert));
    for (String name : List.of("identifier", "sender", "sent", "status", "msgType", "scope")) {
      root.put(name, alert.element().textOf(name));
    }
    root.put("info", alert.element().all("info").size());
    ArrayNode list = root.putArray("unmapped");
    for (UnmappedValue one : unmapped) {
      list.addObject().put("line", one.line()).put("path", one.path()).put("what", one.what());
    }
    return root;
  }

  private static String version(CapAlert alert) {
    return alert.version() == CapVersion.V1_1 ? "1.1" : "1.2";
  }

  private static String text(ObjectNode node) {
    return JsonText.line(node);
  }

  /** Reports whether each file is valid, and what a message would not carry unchanged. */
  @Command(
      name = "check",
      description = {
        "Checks that files are valid CAP 1.1 or 1.2 alerts.",
        "Reports for each file whether it can become a message and what the message would not hold",
        "unchanged. Exit code 1 if a file is not valid or cannot become a message."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente cap check warning.cap old-warning.cap")
  static final class Check extends PrintingCommand {
    @Parameters(arity = "1..*", paramLabel = "FILE", description = "one or more CAP documents")
    private List<Path> files = List.of();

    @Option(names = "--json", description = "print one JSON object per line, one for each file")
    private boolean json;

    @Override
    public void run() {
      boolean good = true;
      for (Path file : files) {
        good &= check(file);
      }
      failUnless(good);
    }

    private boolean check(Path file) {
      CapReadResult reading = read(file);
      if (reading instanceof BadRecord bad) {
        say(json ? text(refused(bad)) : bad.toString());
        return false;
      }
      CapAlert alert = (CapAlert) reading;
      CapCheck check = CapCheck.of(alert);
      boolean fits = check.obstacle().isEmpty();
      if (json) {
        ObjectNode root = described(alert, check.unmapped());
        root.put("fits", fits);
        check.obstacle().ifPresent(bad -> root.put("obstacle", bad.field() + ": " + bad.message()));
        say(text(root));
      } else {
        say(file + ": valid CAP " + version(alert) + ", " + named(alert.element()));
        check.obstacle().ifPresent(bad -> say(bad + " (no message can hold it)"));
        check.unmapped().forEach(one -> say(one.in(file.toString())));
      }
      return fits;
    }

    private void say(String line) {
      print(line);
    }

    private static String named(CapElement alert) {
      return String.join(
          ",", alert.textOf("sender"), alert.textOf("identifier"), alert.textOf("sent"));
    }
  }

  /** Converts a CAP 1.1 or 1.2 document to CAP 1.2. */
  @Command(
      name = "convert",
      description = {
        "Converts a CAP 1.1 or 1.2 document to CAP 1.2, with the elements in schema order.",
        "Standard error lists what was changed."
      },
      mixinStandardHelpOptions = true,
      footerHeading = "%nExample:%n",
      footer = "  entente cap convert old-warning.cap --out warning.cap")
  static final class Convert extends PrintingCommand {
    @Parameters(paramLabel = "FILE", description = "the CAP document")
    private Path file = Path.of("");

    @Option(
        names = "--out",
        paramLabel = "FILE",
        description = "file for the result (default: standard output)")
    private @Nullable Path out;

    @Option(names = "--json", description = "print the result as one JSON object; needs --out")
    private boolean json;

    @Override
    public void run() {
      if (json && out == null) {
        throw new UsageError("--json needs --out");
      }
      CapReadResult reading = read(file);
      CapWriteResult writing =
          reading instanceof CapAlert alert ? CapWriter.convert(alert) : (BadRecord) reading;
      if (writing instanceof BadRecord bad) {
        refuse(bad);
        failUnless(false);
        return;
      }
      CapXml cap = (CapXml) writing;
      deliver(cap.xml());
      if (json && reading instanceof CapAlert alert) {
        out().println(text(described(alert, cap.unmapped())));
      } else {
        cap.unmapped()
            .forEach(one -> err().println(TerminalText.printable(one.in(file.toString()))));
      }
      out().flush();
    }

    private void refuse(BadRecord bad) {
      if (json) {
        out().println(text(refused(bad)));
      } else {
        err().println(TerminalText.printable(bad.toString()));
      }
    }

    private void deliver(String xml) {
      if (out == null) {
        out().print(xml);
        return;
      }
      try {
        DurableFile.write(out, xml);
      } catch (IOException e) {
        throw new CommandFailure("--out: " + out + ": " + FileErrorText.words(e), e);
      }
    }
  }
}
