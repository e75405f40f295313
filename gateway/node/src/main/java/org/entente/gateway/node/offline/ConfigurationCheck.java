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

/** Questions about a node's configuration that are answered without starting it. */
public final class ConfigurationCheck {
  private ConfigurationCheck() {}

  /** Reads all that a start would read; what is wrong with it, or nothing. */
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

  /** What a start takes as it is, and may be a mistake; nothing where there are problems. */
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
