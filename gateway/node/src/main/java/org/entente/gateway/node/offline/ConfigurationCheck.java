package org.entente.gateway.node.offline;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.assembly.LedgerStorage;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.TlsCertificateReloader;

/** Checks of a node's configuration without starting the node. */
public final class ConfigurationCheck {
  private ConfigurationCheck() {}

  /** Reads everything that a start would read, and returns the problems found. */
  public static List<String> problems(Path file, InstantSource clock) {
    List<String> problems = new ArrayList<>();
    try {
      ConfiguredFiles files = ConfiguredFiles.read(file, clock);
      attempt(problems, () -> files.rulebook(files.verifiedBundle()));
      attempt(problems, files::fulfilment);
      attempt(problems, files::tryPassphrase);
      attempt(problems, () -> TlsCertificateReloader.open(files, clock));
      attempt(problems, files::clients);
      attempt(problems, files::requireLinks);
      attempt(problems, () -> LedgerStorage.requireLedger(files.config()));
      NodeConfig.Listen listen = files.config().listen();
      attempt(problems, () -> ConfiguredFiles.address("listen.clients", listen.clients()));
      Optional.ofNullable(listen.peers())
          .ifPresent(at -> attempt(problems, () -> ConfiguredFiles.address("listen.peers", at)));
      attempt(problems, () -> ConfiguredFiles.address("listen.admin", listen.admin()));
    } catch (StartProblem e) {
      problems.add(e.getMessage());
    }
    return problems;
  }

  /** Settings that a start accepts but that may be mistakes; empty if there are problems. */
  public static List<String> warnings(Path file, InstantSource clock) {
    try {
      ConfiguredFiles files = ConfiguredFiles.read(file, clock);
      return files.linksToStrangers(files.verifiedBundle());
    } catch (StartProblem e) {
      return List.of();
    }
  }

  private static void attempt(List<String> problems, Runnable step) {
    try {
      step.run();
    } catch (StartProblem | IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
  }
}
