package org.entente.certsdev;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.entente.gateway.cli.call.EntenteCommand;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.InvalidValue;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code entente certs}: mints a throwaway federation into a folder. */
@Command(
    name = "certs",
    mixinStandardHelpOptions = true,
    subcommands = CertsUpdateCommand.class,
    header = "Mints a throwaway federation: keys, certificates and a signed trust bundle.",
    description = {
      "",
      "For demonstrations and tests. All keys are new, expire after days, and are in one folder that"
          + " only you can read. A real federation keeps its root keys apart and offline.",
      ""
    },
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:success",
      "1:refused: the folder is not empty, or cannot be written",
      "2:invalid options, or an invalid specification"
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  entente certs --out /tmp/federation",
      "  entente certs --out /tmp/federation --days 1 --endpoint fr.customs=127.0.0.1:40001",
      "  entente certs update --dir /tmp/federation --remove us.cbp"
    })
public final class CertsCommand implements EntenteCommand, Callable<Integer> {
  private static final int DONE = 0;
  private static final int REFUSED = 1;
  private static final int USAGE = 2;

  @Spec private CommandSpec command;

  @Option(
      names = "--spec",
      paramLabel = "FILE",
      defaultValue = "${sys:entente.home:-.}/config/federation-demo.yaml",
      description = "The federation's specification. Default: config/federation-demo.yaml")
  private Path specification;

  @Option(
      names = "--out",
      paramLabel = "FOLDER",
      description = "Folder for the federation; required. Empty or not yet existing")
  private @Nullable Path out;

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "Days for which it is valid, 1 to 30 (default: as in the specification)")
  private @Nullable Integer days;

  @Option(
      names = "--endpoint",
      paramLabel = "AGENCY=HOST:PORT",
      description = "Address at which an agency's gateway listens for peers; may be repeated")
  private Map<String, String> endpoints = new TreeMap<>();

  /** For {@link java.util.ServiceLoader}. */
  public CertsCommand() {}

  @Override
  public Integer call() {
    if (out == null) {
      throw new ParameterException(command.commandLine(), "Missing required option: '--out'");
    }
    PrintWriter err = command.commandLine().getErr();
    YamlReadResult<FederationSpec> reading = FederationSpec.read(specification);
    if (reading instanceof YamlReadResult.Unreadable<FederationSpec> unreadable) {
      unreadable.problems().forEach(err::println);
      return USAGE;
    }
    try {
      FederationSpec spec = adapted(((YamlReadResult.Read<FederationSpec>) reading).value());
      report(FederationMint.mint(spec, out, InstantSource.system(), new SecureRandom()));
      return DONE;
    } catch (InvalidValue e) {
      err.println(specification + ": " + e.getMessage());
      return USAGE;
    } catch (IOException e) {
      err.println(explain(e));
      return REFUSED;
    }
  }

  private FederationSpec adapted(FederationSpec spec) {
    FederationSpec adapted = days == null ? spec : spec.lasting(days);
    for (Map.Entry<String, String> endpoint : endpoints.entrySet()) {
      adapted = adapted.withEndpoint(new AgencyName(endpoint.getKey()), endpoint.getValue());
    }
    return adapted;
  }

  private void report(MintedFederation minted) {
    PrintWriter to = command.commandLine().getOut();
    to.println("minted " + minted.bundle());
    to.println("  expires  " + minted.bundle().content().expires());
    to.println("  bundle   " + minted.bundleFile());
    to.println("  roots    " + minted.rootsFile());
    minted
        .bundle()
        .members()
        .keySet()
        .forEach(agency -> to.println("  agency   " + minted.agencyFolder(agency)));
    to.flush();
  }

  /** The error and its file, as text for people. */
  static String explain(IOException e) {
    return e instanceof FileSystemException file
        ? file.getFile()
            + ": "
            + (file.getReason() == null ? FileErrorText.words(e) : file.getReason())
        : String.valueOf(e.getMessage());
  }

  /** Runs the command by itself, for tests. */
  static CommandLine commandLine() {
    return new CommandLine(new CertsCommand());
  }
}
