package org.entente.gateway;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.Problem;
import org.entente.gateway.policy.BundleMembership;
import org.entente.gateway.policy.CheckedDraft;
import org.entente.gateway.policy.DraftCheck;
import org.entente.gateway.policy.Explanation;
import org.entente.gateway.policy.LabelCheck;
import org.entente.gateway.policy.Policy;
import org.entente.gateway.policy.Source;
import org.entente.gateway.policy.SourceLabels;
import org.entente.gateway.trust.TrustBundle;
import org.entente.proto.v1.Draft;

/** Questions about a node's configuration that are answered without starting it. */
public final class NodeCheck {
  private NodeCheck() {}

  /** Reads all that a start would read; what is wrong with it, or nothing. */
  public static List<String> problems(Path file, InstantSource clock) {
    List<String> problems = new ArrayList<>();
    try {
      NodeFiles files = NodeFiles.read(file, clock);
      attempt(problems, () -> files.rulebook(files.verifiedBundle()));
      attempt(problems, files::fulfilment);
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
   * What a node's policy would decide of a draft, and why; what other agencies say that they fulfil
   * is not known.
   *
   * @param namesPersons whether persons that it would name are its only personal data; without body
   * @param sources what it passes on, as it came
   * @throws StartProblem if the node's policy or trust bundle cannot be read, or the draft is
   *     invalid
   */
  public static Explanation explain(
      Path file, Draft draft, boolean namesPersons, List<Source> sources, InstantSource clock) {
    NodeFiles files = NodeFiles.read(file, clock);
    TrustBundle bundle = files.verifiedBundle();
    Policy policy =
        new Policy(
            files.rulebook(bundle), new BundleMembership(bundle), Policy.DEFAULT_CACHE_ENTRIES);
    AgencyName self = new AgencyName(files.config().agency());
    Instant now = clock.instant();
    DraftCheck check =
        new LabelCheck(
                policy.rulebook().codes().limits(files.config().limitsInForce().messageBytes()))
            .question(draft, namesPersons, now);
    if (check instanceof DraftCheck.InvalidDraft invalid) {
      Problem first = invalid.problems().get(0);
      throw new StartProblem(first.code() + ": " + first.field() + ": " + first.message());
    }
    return policy.egress().explain((CheckedDraft) check, sources, recipient -> true, self, now);
  }

  /**
   * Labels of received messages that a draft passes on.
   *
   * @throws StartProblem naming every problem of the file
   */
  public static List<Source> sources(Path file) {
    SourceLabels.Loading loading = SourceLabels.read(file);
    if (loading instanceof SourceLabels.Loading.Invalid invalid) {
      throw new StartProblem(NodeFiles.lines(invalid.problems()));
    }
    return ((SourceLabels.Loading.Loaded) loading).sources();
  }

  private static void attempt(List<String> problems, Runnable step) {
    try {
      step.run();
    } catch (StartProblem | IllegalArgumentException e) {
      problems.add(e.getMessage());
    }
  }
}
