package org.entente.gateway.node.doctor;

import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.entente.gateway.config.ClusterConfig;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.disk.LedgerFolder;
import org.entente.gateway.node.files.ClientDirectory;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.node.keys.ClientCertificateWatch;
import org.entente.gateway.node.keys.TlsCertificateReloader;
import org.entente.gateway.policy.terms.BundleMembership;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.MemberKeysExpiry;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustWatch;
import org.jspecify.annotations.Nullable;

/**
 * Checks of a node's configuration without starting the node, also beside a gateway that runs: it
 * takes no lock and no port, and changes nothing.
 */
public final class ConfigurationCheck {
  private ConfigurationCheck() {}

  /**
   * Reads everything that a start would read, and returns the problems found; also those of
   * agreements under the present members, with which a gateway would start.
   */
  public static List<String> problems(Path file, InstantSource clock) {
    List<String> problems = new ArrayList<>();
    try {
      ConfiguredFiles files = ConfiguredFiles.read(file, clock);
      NodeConfig config = files.config();
      attempt(
          problems,
          () -> {
            requireFolder("audit", config.audit());
            problems.addAll(files.problemsOfMembers(files.verifiedBundle()));
          });
      attempt(problems, files::fulfilment);
      attempt(problems, files::requireKeystore);
      attempt(problems, () -> TlsCertificateReloader.open(files, clock));
      attempt(problems, () -> ClientDirectory.require(config));
      attempt(problems, files::requireLinks);
      attempt(
          problems,
          () -> {
            LedgerFolder.requireLedger(config);
            requireFolder("data", config.data());
          });
      attempt(problems, () -> requireClusterFolders(config.cluster()));
      problems.addAll(portProblems(config));
    } catch (StartProblem e) {
      problems.add(e.getMessage());
    }
    return problems;
  }

  /** Settings that a start accepts but that may be mistakes; empty if there are problems. */
  public static List<String> warnings(Path file, InstantSource clock) {
    try {
      ConfiguredFiles files = ConfiguredFiles.read(file, clock);
      TrustBundle bundle = files.verifiedBundle();
      List<String> warnings = new ArrayList<>(files.linksToStrangers(bundle));
      warnings.addAll(files.withoutAgreement(files.rulebook(bundle), new BundleMembership(bundle)));
      TlsCertificateReloader tls = TlsCertificateReloader.open(files, clock);
      tls.refusedByPeers(bundle).ifPresent(warnings::add);
      warnings.addAll(tls.warnings());
      warnings.addAll(ClientCertificateWatch.ofFiles(files.config(), clock).warnings());
      new TrustWatch(BundleVerifier.MAX_GRACE)
          .state(bundle, clock.instant())
          .ifPresent(notice -> warnings.add("trust: " + notice.text()));
      bundle.agency(new AgencyName(files.config().agency())).stream()
          .flatMap(member -> MemberKeysExpiry.notices(member, clock.instant()).stream())
          .forEach(notice -> warnings.add("trust: " + notice));
      return warnings;
    } catch (StartProblem e) {
      return List.of();
    }
  }

  private static void requireClusterFolders(@Nullable ClusterConfig cluster) {
    if (cluster != null) {
      requireFolder("cluster.log", cluster.log());
      Path mark = cluster.mark().toAbsolutePath().getParent();
      requireFolder("cluster.mark", mark == null ? cluster.mark() : mark);
    }
  }

  private static void attempt(List<String> problems, Runnable step) {
    try {
      step.run();
    } catch (StartProblem | IllegalArgumentException e) {
      // Several steps read the passphrase, and each of them fails by it.
      if (!problems.contains(e.getMessage())) {
        problems.add(e.getMessage());
      }
    }
  }

  /**
   * Requires a folder that this user may write, or may make.
   *
   * @throws StartProblem naming the field and what is in the way
   */
  public static void requireFolder(String field, Path folder) {
    Path there = folder.toAbsolutePath().normalize();
    for (Path up = there.getParent(); up != null && !Files.exists(there); up = up.getParent()) {
      there = up;
    }
    if (!Files.isDirectory(there)) {
      throw new StartProblem(field + ": " + folder + " cannot be used: " + there + " is no folder");
    }
    if (!Files.isWritable(there)) {
      throw new StartProblem(
          field + ": " + folder + " cannot be used: this user may not write into " + there);
    }
  }

  /** What is wrong with the configured addresses; takes none of them. */
  public static List<String> portProblems(NodeConfig config) {
    NodeConfig.Listen listen = config.listen();
    List<String> problems = new ArrayList<>();
    Map<String, InetSocketAddress> before = new LinkedHashMap<>();
    port(problems, before, "listen.clients", listen.clients());
    String peers = listen.peers();
    if (peers != null) {
      port(problems, before, "listen.peers", peers);
    }
    port(problems, before, "listen.admin", listen.admin());
    ClusterConfig cluster = config.cluster();
    if (cluster != null) {
      port(problems, before, "cluster.nodes.address", cluster.address());
    }
    return problems;
  }

  private static void port(
      List<String> problems, Map<String, InetSocketAddress> before, String field, String text) {
    attempt(
        problems,
        () -> {
          InetSocketAddress at = ConfiguredFiles.address(field, text);
          requireOfThisMachine(field, at);
          before.forEach((other, taken) -> requireOther(field, at, other, taken));
          before.put(field, at);
        });
  }

  private static void requireOfThisMachine(String field, InetSocketAddress at) {
    if (at.isUnresolved()) {
      throw new StartProblem(field + ": the name " + at.getHostString() + " has no address");
    }
    try {
      if (!at.getAddress().isAnyLocalAddress()
          && !at.getAddress().isLoopbackAddress()
          && NetworkInterface.getByInetAddress(at.getAddress()) == null) {
        throw new StartProblem(
            field + ": " + at.getHostString() + " is not an address of this machine");
      }
    } catch (SocketException e) {
      throw new StartProblem(field + ": the addresses of this machine cannot be listed", e);
    }
  }

  private static void requireOther(
      String field, InetSocketAddress at, String other, InetSocketAddress taken) {
    boolean sameHost =
        at.getAddress().equals(taken.getAddress())
            || at.getAddress().isAnyLocalAddress()
            || taken.getAddress().isAnyLocalAddress();
    if (at.getPort() != 0 && at.getPort() == taken.getPort() && sameHost) {
      throw new StartProblem(
          "%s: port %d is that of %s already; valid is another port"
              .formatted(field, at.getPort(), other));
    }
  }
}
