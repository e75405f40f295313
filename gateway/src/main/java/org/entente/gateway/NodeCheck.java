package org.entente.gateway;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.policy.BundleMembership;
import org.entente.gateway.policy.Explanation;
import org.entente.gateway.policy.Policy;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.Addressing;
import org.entente.proto.v1.Label;

/** Questions about a node's configuration that are answered without starting it. */
public final class NodeCheck {
  private NodeCheck() {}

  /** Reads all that a start would read; what is wrong with it, or nothing. */
  public static List<String> problems(Path file, InstantSource clock) {
    List<String> problems = new ArrayList<>();
    try {
      NodeFiles files = NodeFiles.read(file, clock);
      attempt(problems, () -> files.rulebook(files.verifiedBundle()));
      attempt(problems, files::tryPassphrase);
      attempt(problems, () -> NodeTls.open(files, clock));
      attempt(problems, files::clients);
      attempt(problems, files::requireLinks);
      NodeConfig.Listen listen = files.config().listen();
      attempt(problems, () -> NodeFiles.address("listen.clients", listen.clients()));
      Optional.ofNullable(listen.peers())
          .ifPresent(at -> attempt(problems, () -> NodeFiles.address("listen.peers", at)));
      attempt(problems, () -> NodeFiles.address("listen.admin", listen.admin()));
    } catch (StartProblem e) {
      problems.add(e.getMessage());
    }
    return problems;
  }

  /**
   * What a node's policy would decide, and why.
   *
   * @param namesPersons whether the only personal data are persons whom the body names as such
   * @throws StartProblem if its policy or trust bundle cannot be read
   */
  public static Explanation explain(
      Path file, Label label, Addressing to, boolean namesPersons, InstantSource clock) {
    NodeFiles files = NodeFiles.read(file, clock);
    TrustBundle bundle = files.verifiedBundle();
    Policy policy =
        new Policy(
            files.rulebook(bundle), new BundleMembership(bundle), Policy.DEFAULT_CACHE_ENTRIES);
    AgencyName self = new AgencyName(files.config().agency());
    return policy.egress().explain(label, to, 0, namesPersons, self, clock.instant());
  }

  private static void attempt(List<String> problems, Runnable step) {
    try {
      step.run();
    } catch (StartProblem | IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
  }
}
