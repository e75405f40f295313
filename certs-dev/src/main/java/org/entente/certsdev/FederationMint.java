package org.entente.certsdev;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.entente.gateway.ceremony.PrivateFiles;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.trust.BundleContent;
import org.entente.gateway.trust.Member;
import org.entente.gateway.trust.RootSet;
import org.entente.gateway.trust.TrustRoots;

/**
 * Mints throwaway federations.
 *
 * <pre>
 * OUT/roots.json                          the roots that every node trusts
 * OUT/trust-bundle.note                   the signed trust bundle, version 1
 * OUT/root-keys/root-NN.seeds             the roots' private pairs
 * OUT/AGENCY/ca.crt, ca.key               the agency's CA (EC P-256)
 * OUT/AGENCY/GATEWAY/tls.crt, tls.key     server and client certificate of a gateway
 * OUT/AGENCY/GATEWAY/keystore/            keystore with the agency's signing pair and the
 *                                         gateway's audit pair, each under the pair's id
 * OUT/AGENCY/clients/CLIENT/tls.crt, tls.key, ca.crt
 * </pre>
 *
 * <p>Certificates and keys are PEM (PKCS#8). Files have mode 0600, folders 0700. A gateway makes
 * every other key of its keystore itself.
 */
public final class FederationMint {

  private FederationMint() {}

  /**
   * Mints a federation with new keys.
   *
   * @param outDir a folder that is empty or does not exist
   * @param clock gives the start of validity
   * @throws FileAlreadyExistsException if the folder is not empty
   * @throws IOException if a file cannot be written
   * @throws InvalidValue if the specification contradicts itself; on this and other failures the
   *     folder is left empty
   */
  public static MintedFederation mint(
      FederationSpec spec, Path outDir, InstantSource clock, SecureRandom random)
      throws IOException {
    PrivateFiles.emptyFolder(outDir);
    boolean minted = false;
    try {
      MintedFederation federation = mintInto(outDir, spec, clock, random);
      minted = true;
      return federation;
    } finally {
      if (!minted) {
        PrivateFiles.clear(outDir);
      }
    }
  }

  private static MintedFederation mintInto(
      Path outDir, FederationSpec spec, InstantSource clock, SecureRandom random)
      throws IOException {
    Instant issued = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    Instant end = issued.plus(spec.lifetime());
    RootKeys roots = RootKeys.generate(spec.federation(), spec.rootsOrDefault().count(), random);
    roots.write(outDir.resolve(MintedFederation.ROOT_KEYS));
    AgencyMint mint = new AgencyMint(spec.federation(), outDir, issued, end, random);
    List<Member> members = new ArrayList<>();
    for (FederationSpec.Agency agency : spec.agencies()) {
      members.add(mint.mint(agency));
    }
    members.sort(Comparator.comparing(Member::name));
    RootSet rootSet = roots.publicSet(spec.rootsOrDefault().threshold());
    BundleContent content =
        new BundleContent(spec.federation(), 1, issued, end, rootSet, spec.sortedGroups(), members);
    TrustRoots trust = new TrustRoots(spec.federation(), rootSet);
    PrivateFiles.write(outDir.resolve(MintedFederation.ROOTS), trust.print());
    return MintedFederation.begin(outDir, trust, roots, content);
  }
}
