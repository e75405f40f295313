package org.entente.certsdev;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.UnaryOperator;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.BundleEdit;
import org.entente.gateway.trust.BundleSigner;
import org.entente.gateway.trust.BundleVerdict;
import org.entente.gateway.trust.BundleVerifier;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.TrustBundle;
import org.entente.gateway.trust.TrustRoots;

/**
 * A federation that {@link FederationMint#mint} wrote, at one version of its trust bundle.
 *
 * <p>Holds the roots' private keys, so that it can sign further versions. Immutable. The folder is
 * not locked: only one process at a time should change it.
 */
public final class MintedFederation {
  static final String ROOTS = "roots.json";
  static final String BUNDLE = "trust-bundle.note";
  static final String ROOT_KEYS = "root-keys";

  private final Path folder;
  private final TrustRoots trustRoots;
  private final RootKeys roots;
  private final TrustBundle bundle;

  private MintedFederation(Path folder, TrustRoots trustRoots, RootKeys roots, TrustBundle bundle) {
    this.folder = folder;
    this.trustRoots = trustRoots;
    this.roots = roots;
    this.bundle = bundle;
  }

  /** Signs and writes the first version. */
  static MintedFederation begin(
      Path folder, TrustRoots trustRoots, RootKeys roots, BundleContent content)
      throws IOException {
    byte[] note = BundleSigner.sign(content, roots.pairs());
    PrivateFiles.write(folder.resolve(BUNDLE), note);
    return new MintedFederation(
        folder, trustRoots, roots, verified(trustRoots, note, content.issued()));
  }

  /**
   * Opens a federation minted before.
   *
   * @throws IOException if a file cannot be read
   * @throws InvalidValue if the files do not make a federation, or it has expired
   */
  public static MintedFederation open(Path folder, InstantSource clock) throws IOException {
    TrustRoots trustRoots = TrustRoots.read(folder.resolve(ROOTS));
    RootKeys roots = RootKeys.read(folder.resolve(ROOT_KEYS));
    byte[] note = Files.readAllBytes(folder.resolve(BUNDLE));
    return new MintedFederation(
        folder, trustRoots, roots, verified(trustRoots, note, clock.instant()));
  }

  private static TrustBundle verified(TrustRoots trustRoots, byte[] note, Instant now) {
    BundleVerdict verdict = new BundleVerifier(trustRoots).verify(note, null, now);
    if (verdict instanceof BundleVerdict.Verified verified) {
      return verified.bundle();
    }
    throw new InvalidValue(
        "a trust bundle that its roots signed and that has not expired",
        ((BundleVerdict.Refused) verdict).reason());
  }

  /** The federation's folder. */
  public Path folder() {
    return folder;
  }

  /** The roots with which nodes are configured; also in {@link #rootsFile()}. */
  public TrustRoots trustRoots() {
    return trustRoots;
  }

  /** The trust bundle at this version; also in {@link #bundleFile()}. */
  public TrustBundle bundle() {
    return bundle;
  }

  /** The file of the roots. */
  public Path rootsFile() {
    return folder.resolve(ROOTS);
  }

  /** The file of the signed trust bundle. */
  public Path bundleFile() {
    return folder.resolve(BUNDLE);
  }

  /** The folder of an agency's files. */
  public Path agencyFolder(AgencyName agency) {
    return folder.resolve(agency.value());
  }

  /** The folder with a gateway's certificate, key and keystore. */
  public Path gatewayFolder(AgencyName agency, NodeName gateway) {
    return agencyFolder(agency).resolve(gateway.value());
  }

  /** The folder with a client's certificate and key. */
  public Path clientFolder(AgencyName agency, NodeName client) {
    return agencyFolder(agency).resolve("clients").resolve(client.value());
  }

  /**
   * Mints a further agency and writes its files; pass the result to {@link BundleEdit#put}.
   *
   * @throws IOException if its files exist already or cannot be written
   */
  public Member admit(FederationSpec.Agency agency, InstantSource clock, SecureRandom random)
      throws IOException {
    PrivateFiles.emptyFolder(agencyFolder(agency.name()));
    Instant issued = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new AgencyMint(bundle.federation(), folder, issued, bundle.content().expires(), random)
        .mint(agency);
  }

  /**
   * The signed note of the next version after an edit, as bytes; nothing is written.
   *
   * @param issued when it is signed, not after the federation's end
   * @throws InvalidValue if the edit names no member or makes a contradiction
   */
  public byte[] bundle(Instant issued, UnaryOperator<BundleEdit> edit) {
    BundleContent old = bundle.content();
    return sign(edit.apply(BundleEdit.after(old)).build(issued, old.expires()));
  }

  /** Any content as a note signed by all roots, even content that no node should accept. */
  public byte[] sign(BundleContent content) {
    return BundleSigner.sign(content, roots.pairs());
  }

  /**
   * Signs the next version and replaces this one with it; running gateways notice the change.
   *
   * @return the federation at the next version
   * @throws InvalidValue as {@link #bundle(Instant, UnaryOperator)}
   */
  public MintedFederation publish(InstantSource clock, UnaryOperator<BundleEdit> edit)
      throws IOException {
    Instant now = clock.instant();
    byte[] note = bundle(now, edit);
    BundleVerdict verdict = new BundleVerifier(trustRoots).verify(note, bundle, now);
    if (!(verdict instanceof BundleVerdict.Verified verified)) {
      throw new InvalidValue(
          "a next version that nodes accept", ((BundleVerdict.Refused) verdict).reason());
    }
    PrivateFiles.replace(bundleFile(), note);
    return new MintedFederation(folder, trustRoots, roots, verified.bundle());
  }

  @Override
  public String toString() {
    return folder + ": " + bundle;
  }
}
