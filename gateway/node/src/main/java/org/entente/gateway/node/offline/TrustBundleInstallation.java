package org.entente.gateway.node.offline;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.entente.gateway.ceremony.CeremonyFiles;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.node.files.ConfiguredFiles;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleDescription;
import org.entente.gateway.trust.BundleDraft;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustRoots;
import org.jspecify.annotations.Nullable;

/**
 * A trust bundle, checked for a node and not installed yet.
 *
 * <p>Checked as the node itself would: against the bundle that it accepted last, or else its roots.
 */
public final class TrustBundleInstallation {
  private final NodeConfig config;
  private final TrustRoots roots;
  private final boolean rootsAreNew;
  private final byte[] note;
  private final @Nullable TrustBundle before;

  private TrustBundleInstallation(
      NodeConfig config,
      TrustRoots roots,
      boolean rootsAreNew,
      byte[] note,
      @Nullable TrustBundle before) {
    this.config = config;
    this.roots = roots;
    this.rootsAreNew = rootsAreNew;
    this.note = note;
    this.before = before;
  }

  /**
   * Checks a bundle for a node.
   *
   * @param roots the roots file, or null if the node has one
   * @param request the agency's own request, or null
   * @param clock the time at which the bundle must be in force
   * @throws StartProblem saying who must act, if this is not the gateway's user, the node would not
   *     accept the bundle, or the bundle does not match the agency's request
   */
  public static TrustBundleInstallation read(
      Path configFile,
      Path bundle,
      @Nullable Path roots,
      @Nullable Path request,
      InstantSource clock) {
    ConfiguredFiles files = ConfiguredFiles.read(configFile, clock);
    NodeConfig config = files.config();
    requireGatewaysUser(config);
    boolean known = Files.exists(config.trust().roots());
    if (!known && roots == null) {
      throw new StartProblem(
          "the node has no roots yet: give the federation's roots file with --roots");
    }
    TrustRoots chosen = roots == null ? installed(config) : CeremonyFiles.roots(roots);
    if (known && !installed(config).equals(chosen)) {
      throw new StartProblem(
          config.trust().roots()
              + " already names other roots, with the fingerprint "
              + installed(config).fingerprint()
              + "; a node changes its roots only through bundles signed by the old ones, not"
              + " through a file");
    }
    byte[] note = CeremonyFiles.bundle(bundle).encode();
    BundleVerifier verifier = new BundleVerifier(chosen);
    @Nullable TrustBundle before = files.remembered(verifier);
    TrustBundleInstallation join =
        new TrustBundleInstallation(config, chosen, !known, note, before);
    join.require(verifier, bundle, clock.instant());
    if (request != null) {
      join.requireAsked(request, CeremonyFiles.request(request).agency());
    }
    return join;
  }

  /** The gateway could not read a bundle of another user's. */
  private static void requireGatewaysUser(NodeConfig config) {
    try {
      ClientListEditor.requireGatewaysUser(config, "trust.bundle");
    } catch (IOException e) {
      throw ConfiguredFiles.unusable("audit", config.audit(), e);
    }
  }

  private static TrustRoots installed(NodeConfig config) {
    return CeremonyFiles.roots(config.trust().roots());
  }

  private void require(BundleVerifier verifier, Path file, Instant now) {
    BundleVerdict verdict = verifier.verifyFile(note, before, now);
    if (verdict instanceof BundleVerdict.Refused refused) {
      throw new StartProblem(file + ": " + refused.reason() + "; " + whoActs(refused));
    }
    AgencyName own = new AgencyName(config.agency());
    if (!((BundleVerdict.Verified) verdict).bundle().isMember(own)) {
      throw new StartProblem(
          file + " does not name " + own + "; the roots must add its request first");
    }
  }

  private static String whoActs(BundleVerdict.Refused refused) {
    return switch (refused.fault()) {
      case THRESHOLD, ROTATION -> "more root holders must sign it";
      case ROLLBACK -> "its sender must send the newest";
      case EQUIVOCATION ->
          "two bundles of one version exist: tell the root holders at once, and keep both files";
      case NOT_YET_VALID -> "compare this machine's clock with that of the person who drafted it";
      case EXPIRED, GRACE_ADMITS_NOTHING -> "the roots must sign a new one";
      case MALFORMED, WRONG_FEDERATION -> "its sender must send the right file";
    };
  }

  /**
   * Requires that the bundle's entry is the agency's request. It may also hold keys that the bundle
   * before had, which the agency knows already, and revocations.
   */
  private void requireAsked(Path request, Member asked) {
    AgencyName own = new AgencyName(config.agency());
    Member said = draft().content().member(own).orElseThrow();
    if (!said.name().equals(asked.name())) {
      throw new StartProblem(
          request
              + " is the request of "
              + asked.name()
              + "; give that of this node's agency, "
              + said.name());
    }
    List<String> changes =
        BundleDescription.beyond(asked, before().flatMap(it -> it.member(own)).orElse(asked), said);
    if (!changes.isEmpty()) {
      throw new StartProblem(
          "the bundle differs from the request of "
              + asked.name()
              + " ("
              + String.join("; ", changes)
              + "); the roots must draft it again from that request. If the difference is of"
              + " another gateway of this agency, compare it with what that one requested, and join"
              + " without --request");
    }
  }

  /**
   * The roots that the node starts from, if it had none; the operator must compare their
   * fingerprint.
   */
  public Optional<TrustRoots> newRoots() {
    return rootsAreNew ? Optional.of(roots) : Optional.empty();
  }

  /** The bundle that the node accepted last. */
  public Optional<BundleContent> before() {
    return Optional.ofNullable(before).map(TrustBundle::content);
  }

  /** The content of the bundle. */
  public BundleDraft draft() {
    return BundleDraft.parse(note);
  }

  /** The roots whose threshold puts it in force here. */
  public RootSet signers() {
    return before().map(BundleContent::roots).orElse(roots.roots());
  }

  /**
   * Installs roots and bundle at their configured paths; a running node notices.
   *
   * @return the files written
   */
  public List<Path> install() {
    List<Path> written = new ArrayList<>();
    if (rootsAreNew) {
      CeremonyFiles.write(config.trust().roots(), roots.print().getBytes(StandardCharsets.UTF_8));
      written.add(config.trust().roots());
    }
    CeremonyFiles.replace(config.trust().bundle(), note);
    written.add(config.trust().bundle());
    return written;
  }
}
