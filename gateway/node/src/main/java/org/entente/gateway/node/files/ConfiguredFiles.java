package org.entente.gateway.node.files;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.entente.gateway.config.ConfigProblem;
import org.entente.gateway.config.NodeConfig;
import org.entente.gateway.config.YamlFiles;
import org.entente.gateway.config.YamlReadResult;
import org.entente.gateway.crypto.PassphraseReader;
import org.entente.gateway.crypto.Pem;
import org.entente.gateway.crypto.SecretBytes;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.FileErrorText;
import org.entente.gateway.model.Fulfilment;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NameSuggestion;
import org.entente.gateway.model.StartProblem;
import org.entente.gateway.policy.load.RulebookReader;
import org.entente.gateway.policy.terms.BundleMembership;
import org.entente.gateway.policy.terms.Membership;
import org.entente.gateway.policy.terms.Rulebook;
import org.entente.gateway.seal.keys.KeyKind;
import org.entente.gateway.seal.keys.Keystore;
import org.entente.gateway.seal.keys.KeystoreFailure;
import org.entente.gateway.trust.BundleFault;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustRoots;
import org.entente.gateway.trust.TrustStore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the files that a node's configuration names. Every failure is a {@link StartProblem}. */
public final class ConfiguredFiles {
  private static final Logger LOG = LoggerFactory.getLogger(ConfiguredFiles.class);
  private static final String STAMP = "unix:dev,ino,size,ctime,lastModifiedTime";

  private final NodeConfig config;
  private final InstantSource clock;
  private final Deque<AutoCloseable> kept = new ArrayDeque<>();

  private ConfiguredFiles(NodeConfig config, InstantSource clock) {
    this.config = config;
    this.clock = clock;
  }

  public static ConfiguredFiles read(Path file, InstantSource clock) {
    YamlReadResult<NodeConfig> reading = new YamlFiles().read(file, NodeConfig.class);
    if (reading instanceof YamlReadResult.Unreadable<NodeConfig> unreadable) {
      throw new StartProblem(lines(unreadable.problems()));
    }
    NodeConfig raw = ((YamlReadResult.Read<NodeConfig>) reading).value();
    Path folder = file.toAbsolutePath().getParent();
    try {
      return new ConfiguredFiles(folder == null ? raw : raw.resolvedAgainst(folder), clock);
    } catch (IllegalArgumentException e) {
      throw new StartProblem(file + ": " + e.getMessage(), e);
    }
  }

  public NodeConfig config() {
    return config;
  }

  /** Registers a resource for {@link #letGo} to close. */
  public synchronized <T extends AutoCloseable> T keep(T opened) {
    kept.push(opened);
    return opened;
  }

  /** Closes the registered resources, the last first, despite failures. */
  public synchronized void letGo() {
    while (!kept.isEmpty()) {
      try {
        kept.pop().close();
      } catch (Exception e) {
        // The edge of the node's resources: the others must be closed too.
        LOG.warn("closing: {}", e.getMessage());
      }
    }
  }

  public TrustStore trust() {
    TrustRoots roots = roots();
    try {
      Files.createDirectories(config.audit());
    } catch (IOException e) {
      throw unusable("audit", config.audit(), e);
    }
    try {
      TrustStore.OpenResult opening =
          TrustStore.open(
              new BundleVerifier(roots), config.trust().bundle(), acceptedBundle(), clock);
      if (opening instanceof TrustStore.OpenResult.Opened opened) {
        return opened.store();
      }
      throw refused(((TrustStore.OpenResult.Closed) opening).refused());
    } catch (IOException | IllegalArgumentException e) {
      throw unusable("trust.bundle", config.trust().bundle(), e);
    }
  }

  private StartProblem refused(BundleVerdict.Refused refused) {
    return new StartProblem("trust.bundle: " + config.trust().bundle() + ": " + refused.reason());
  }

  private TrustRoots roots() {
    try {
      return TrustRoots.read(config.trust().roots());
    } catch (IOException | IllegalArgumentException e) {
      throw unusable("trust.roots", config.trust().roots(), e);
    }
  }

  /**
   * Names the field and file, and says why the file cannot be used.
   *
   * @param file used if the failure names none
   */
  public static StartProblem unusable(String field, Path file, Exception e) {
    String named = e instanceof FileSystemException of ? of.getFile() : null;
    String why =
        e instanceof IOException io
            ? FileErrorText.words(io) + FileErrorText.access(io)
            : String.valueOf(e.getMessage());
    return new StartProblem(
        field + ": " + (named == null ? file : named) + " cannot be used: " + why, e);
  }

  private Path acceptedBundle() {
    return config.audit().resolve("accepted-bundle");
  }

  /** The bundle that the node accepted last, or null; for inspection from outside. */
  @Nullable
  public TrustBundle remembered(BundleVerifier verifier) {
    try {
      return TrustStore.remembered(verifier, acceptedBundle()).orElse(null);
    } catch (IOException e) {
      throw unusable("audit", acceptedBundle(), e);
    }
  }

  /** The bundle that the node accepted last, valid or not by now; empty if none. */
  public Optional<TrustBundle> rememberedBundle() {
    return Optional.ofNullable(remembered(new BundleVerifier(roots())));
  }

  /**
   * The bundle that a start would use: the configured one, or the last accepted one if that is
   * newer. For inspection from outside; stores nothing.
   */
  public TrustBundle verifiedBundle() {
    BundleVerifier verifier = new BundleVerifier(roots());
    TrustBundle last = remembered(verifier);
    try {
      BundleVerdict verdict =
          verifier.verifyFile(Files.readAllBytes(config.trust().bundle()), last, clock.instant());
      if (verdict instanceof BundleVerdict.Verified verified) {
        return verified.bundle();
      }
      BundleVerdict.Refused refused = (BundleVerdict.Refused) verdict;
      if (last != null && refused.fault() == BundleFault.ROLLBACK) {
        return last;
      }
      throw refused(refused);
    } catch (IOException | IllegalArgumentException e) {
      throw unusable("trust.bundle", config.trust().bundle(), e);
    }
  }

  /**
   * The agreements, node rules and code lists.
   *
   * @throws StartProblem naming each problem with its file, and the field of one that is absent
   */
  public Rulebook rulebook(TrustBundle bundle) {
    return loaded(bundle).rulebook();
  }

  /**
   * What is wrong in the agreements under the members and groups of a bundle. The gateway refuses
   * exactly the transfers that it concerns, and starts.
   *
   * @throws StartProblem as {@link #rulebook}
   */
  public List<String> problemsOfMembers(TrustBundle bundle) {
    return loaded(bundle).ofMembers().stream().map(ConfigProblem::toString).toList();
  }

  /**
   * The result of loading the agreements, node rules and code lists.
   *
   * @throws StartProblem as {@link #rulebook}
   */
  Rulebook.LoadResult.Loaded loaded(TrustBundle bundle) {
    requireThere("policy.agreements", config.policy().agreements());
    requireThere("policy.node_rules", config.policy().nodeRules());
    requireThere("policy.codes", config.policy().codes());
    Rulebook.LoadResult loading =
        RulebookReader.load(
            config.policy().agreements(),
            config.policy().nodeRules(),
            config.policy().codes(),
            new BundleMembership(bundle),
            clock.instant());
    if (loading instanceof Rulebook.LoadResult.Loaded loaded) {
      return loaded;
    }
    throw new StartProblem(lines(((Rulebook.LoadResult.Invalid) loading).problems()));
  }

  private static void requireThere(String field, @Nullable Path file) {
    if (file != null && !Files.exists(file)) {
      throw unusable(field, file, new NoSuchFileException(file.toString()));
    }
  }

  /**
   * A warning if no agreement in force lets this agency send or receive anything. It is no error: a
   * first start may come before the first agreement. A transit that is no member needs none.
   */
  public List<String> withoutAgreement(Rulebook rulebook, Membership membership) {
    AgencyName self = new AgencyName(config.agency());
    if (!membership.agencies().contains(self)
        || rulebook.isPartyAt(clock.instant(), self, membership)) {
      return List.of();
    }
    int all = rulebook.agreements().size();
    String lack =
        all == 0
            ? config.policy().agreements() + " holds no agreement"
            : "none of the agreements in %s (%d) is in force for %s"
                .formatted(config.policy().agreements(), all, self);
    return List.of(
        "policy: "
            + lack
            + ", so this gateway refuses every message, sent or received; `entente policy new`"
            + " writes an agreement to start from");
  }

  /**
   * The obligations that this node fulfils: those of the release, except as configured.
   *
   * @throws StartProblem naming what is wrong and what is valid
   */
  public Fulfilment fulfilment() {
    try {
      return Fulfilment.ofRelease(
          Fulfilment.parse("policy.cannot_fulfil", config.policy().cannotFulfil()));
    } catch (IllegalArgumentException e) {
      throw new StartProblem(String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * A fingerprint of the policy files' metadata ({@code stat}). It changes whenever a policy file
   * does, even if a link moved to files of the same size and age, or a program set a file's time
   * back.
   */
  String policyStamp() throws IOException {
    StringBuilder stamp = new StringBuilder();
    for (Path file : policyFiles()) {
      stamp.append(file).append(' ').append(stamp(file)).append('\n');
    }
    return stamp.toString();
  }

  /** Agreements, the node's own rules and code lists, in this order. */
  List<Path> policyFiles() throws IOException {
    Path rules = config.policy().nodeRules();
    Path codes = config.policy().codes();
    List<Path> all = new ArrayList<>(in(config.policy().agreements()));
    if (rules != null && Files.exists(rules)) {
      all.add(rules);
    }
    if (codes != null) {
      all.addAll(in(codes));
    }
    return all;
  }

  /** A fingerprint of one file's metadata ({@code stat}), which changes whenever the file does. */
  public static String stamp(Path file) throws IOException {
    return new TreeMap<>(Files.readAttributes(file, STAMP)).toString();
  }

  private static List<Path> in(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.sorted().toList();
    }
  }

  /**
   * The key, decrypted with the passphrase where it is encrypted.
   *
   * @throws StartProblem also if others than its owner may use the file
   */
  public PrivateKey tlsKey() {
    requireOwnersAlone(config.tls().key());
    return text(
        config.tls().key(),
        "tls.key",
        pem -> {
          if (!Pem.isEncryptedKey(pem)) {
            return Pem.privateKey(pem);
          }
          try (SecretBytes passphrase = passphrase()) {
            if (passphrase == null) {
              throw new InvalidKeyException("it is encrypted, but no passphrase is configured");
            }
            return Pem.privateKey(pem, passphrase);
          }
        });
  }

  private static void requireOwnersAlone(Path key) {
    try {
      if (Files.getPosixFilePermissions(key).stream()
          .anyMatch(permission -> !permission.name().startsWith("OWNER_"))) {
        throw new StartProblem(
            "tls.key: " + key + " can be used by others than its owner; take their rights away");
      }
    } catch (NoSuchFileException e) {
      // Who reads it next says so, like of the other files.
      return;
    } catch (IOException e) {
      throw unusable("tls.key", key, e);
    }
  }

  /** The passphrase, which the caller closes; null where none is configured. */
  @Nullable
  public SecretBytes passphrase() {
    NodeConfig.Passphrase from = config.passphrase();
    return from == null ? null : PassphraseReader.read(from.environment(), from.file());
  }

  /** Reads the passphrase, only to check that it can be read. */
  public void tryPassphrase() {
    try (SecretBytes passphrase = passphrase()) {
      LOG.debug("a passphrase is configured: {}", passphrase != null);
    }
  }

  /**
   * The node's secret keys.
   *
   * @throws StartProblem saying what the operator must do
   */
  public Keystore keystore(SecureRandom random) {
    try (SecretBytes passphrase = passphrase()) {
      return Keystore.open(config.keystore(), passphrase, clock, random);
    } catch (KeystoreFailure e) {
      throw problem(e);
    }
  }

  private static StartProblem problem(KeystoreFailure e) {
    String hint =
        switch (e.kind()) {
          case PASSPHRASE -> "; see `passphrase` in the configuration";
          case LOCKED -> "; a gateway or command with this configuration is already running";
          default -> "";
        };
    return new StartProblem("keystore: " + e.getMessage() + hint, e);
  }

  /**
   * Requires the secret keys without which no gateway starts, and a passphrase that opens them. In
   * a cluster any node may bring them. Takes no lock and changes nothing.
   *
   * @throws StartProblem saying what the operator must do
   */
  public void requireKeystore() {
    boolean alone = config.cluster() == null;
    if (!alone && Files.notExists(config.keystore())) {
      return;
    }
    requireVisible(config.keystore());
    try (SecretBytes passphrase = passphrase()) {
      Keystore.requireReadable(config.keystore(), passphrase, new SecureRandom());
      Set<KeyKind> missing = EnumSet.of(KeyKind.AGENCY_PAIR, KeyKind.AUDIT_SIGNING);
      missing.removeAll(Keystore.kindsIn(config.keystore()));
      if (alone && !missing.isEmpty()) {
        throw new StartProblem(
            "keystore: %s holds no key of kind %s; `entente init` makes a new agency's keys"
                .formatted(config.keystore(), missing.iterator().next()));
      }
    } catch (KeystoreFailure e) {
      throw problem(e);
    }
  }

  /** Without permission for its folder, a keystore looks like one that is absent. */
  private static void requireVisible(Path keystore) {
    if (!Files.exists(keystore) && !Files.notExists(keystore)) {
      throw unusable("keystore", keystore, new AccessDeniedException(keystore.toString()));
    }
  }

  public List<X509Certificate> tlsChain() {
    return text(config.tls().certificate(), "tls.certificate", Pem::certificates);
  }

  /**
   * Parses an address of the configuration.
   *
   * @param field the field that holds it
   * @throws StartProblem naming the field, if it is not an address
   */
  public static InetSocketAddress address(String field, String text) {
    int colon = text.lastIndexOf(':');
    try {
      return new InetSocketAddress(
          text.substring(0, colon), Integer.parseInt(text.substring(colon + 1)));
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new StartProblem(field + ": \"" + text + "\" is not an address; valid is host:port", e);
    }
  }

  /**
   * Checks the configured links, which are otherwise used only when dialled.
   *
   * @throws StartProblem for the first without a valid agency or address
   */
  public void requireLinks() {
    for (NodeConfig.Link link : config.links()) {
      String field = "links: " + link.peer();
      try {
        new AgencyName(link.peer());
      } catch (InvalidValue e) {
        throw new StartProblem(field + ": " + e.getMessage(), e);
      }
      link.dial().forEach(dial -> address(field + ": dial", dial));
    }
  }

  /**
   * Warnings about links to agencies that are not members. They are not errors: a member that
   * leaves must not stop its neighbours, and a future member may be linked beforehand.
   */
  public List<String> linksToStrangers(TrustBundle bundle) {
    List<String> members = bundle.members().keySet().stream().map(AgencyName::value).toList();
    return config.links().stream()
        .map(NodeConfig.Link::peer)
        .filter(peer -> !members.contains(peer))
        .map(
            peer ->
                "links: peer \"%s\" is not a member in the trust bundle; %s"
                    .formatted(InvalidValue.printable(peer), NameSuggestion.of(peer, members)))
        .toList();
  }

  private interface Parser<T> {
    T parse(String text) throws GeneralSecurityException;
  }

  private static <T> T text(Path file, String field, Parser<T> parser) {
    try {
      return parser.parse(Files.readString(file));
    } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
      throw unusable(field, file, e);
    }
  }

  public static String lines(List<ConfigProblem> problems) {
    return problems.stream().map(ConfigProblem::toString).collect(Collectors.joining("\n"));
  }
}
