package org.entente.loadtests.federation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.entente.certsdev.FederationMint;
import org.entente.certsdev.FederationSpec;
import org.entente.certsdev.MintedFederation;
import org.entente.gateway.cli.failure.CommandFailure;
import org.entente.gateway.client.Credentials;
import org.entente.gateway.model.AgencyName;
import org.entente.gateway.model.InvalidValue;
import org.entente.gateway.model.NodeName;

/** The keys, certificates and trust bundle of a throwaway federation, with their paths. */
final class FederationMaterial {
  private static final String AUTHORITY = "ca.crt";

  private final MintedFederation minted;

  private FederationMaterial(MintedFederation minted) {
    this.minted = minted;
  }

  /**
   * Mints a blueprint's federation with the given addresses.
   *
   * @param folder parent of the new folder
   * @param peerAddresses addresses at which gateways accept links, by agency
   * @param further agencies besides those of the blueprint
   */
  static FederationMaterial mint(
      Blueprint blueprint,
      Path folder,
      Map<String, String> peerAddresses,
      List<FederationSpec.Agency> further) {
    FederationSpec spec = with(further, blueprint.spec()).lasting(1);
    for (Map.Entry<String, String> entry : peerAddresses.entrySet()) {
      spec = spec.withEndpoint(new AgencyName(entry.getKey()), entry.getValue());
    }
    try {
      return new FederationMaterial(
          FederationMint.mint(
              spec, folder.resolve("federation"), InstantSource.system(), new SecureRandom()));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InvalidValue e) {
      throw new CommandFailure(blueprint.source() + ": " + e.getMessage(), e);
    }
  }

  private static FederationSpec with(List<FederationSpec.Agency> further, FederationSpec spec) {
    List<FederationSpec.Agency> agencies = new ArrayList<>(spec.agencies());
    agencies.addAll(further);
    return new FederationSpec(
        spec.federation(), spec.days(), spec.roots(), spec.groups(), agencies);
  }

  Path bundle() {
    return minted.bundleFile().toAbsolutePath();
  }

  Path roots() {
    return minted.rootsFile().toAbsolutePath();
  }

  /** The folder with a gateway's certificate, key and keystore. */
  Path gateway(String agency, String gateway) {
    return minted.gatewayFolder(new AgencyName(agency), new NodeName(gateway)).toAbsolutePath();
  }

  Credentials gatewayCredentials(String agency, String gateway) {
    Path folder = gateway(agency, gateway);
    return new Credentials(
        folder.resolve("tls.crt"),
        folder.resolve("tls.key"),
        minted.agencyFolder(new AgencyName(agency)).toAbsolutePath().resolve(AUTHORITY));
  }

  /** The folder with a client's certificate and key and its agency's CA. */
  Path client(String agency, String client) {
    AgencyName name = new AgencyName(agency);
    Path folder = minted.clientFolder(name, new NodeName(client)).toAbsolutePath();
    try {
      if (Files.isDirectory(folder) && !Files.exists(folder.resolve(AUTHORITY))) {
        Files.copy(minted.agencyFolder(name).resolve(AUTHORITY), folder.resolve(AUTHORITY));
      }
      return folder;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
