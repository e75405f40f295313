package org.entente.loadtests.baselines;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.activemq.artemis.api.core.QueueConfiguration;
import org.apache.activemq.artemis.api.core.RoutingType;
import org.apache.activemq.artemis.api.core.TransportConfiguration;
import org.apache.activemq.artemis.core.config.BridgeConfiguration;
import org.apache.activemq.artemis.core.config.impl.ConfigurationImpl;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyAcceptorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.NettyConnectorFactory;
import org.apache.activemq.artemis.core.remoting.impl.netty.TransportConstants;
import org.apache.activemq.artemis.core.server.JournalType;
import org.apache.activemq.artemis.core.server.embedded.EmbeddedActiveMQ;

/**
 * A broker that syncs every message before it acknowledges it to the client or to the other broker.
 * A core bridge with duplicate detection forwards everything to the next broker, if there is one.
 *
 * <p>Arguments: folder, port, key store, trust store, nanoseconds of a disk sync, and the port of
 * the next broker, if any.
 */
final class ArtemisBroker {
  /** The one queue. */
  static final String QUEUE = "alerts";

  private static final int NEXT = 5;

  private ArtemisBroker() {}

  /** Serves until standard input ends. */
  public static void main(String[] arguments) throws Exception {
    Path folder = Path.of(arguments[0]);
    Map<String, Object> tls = tls(arguments[2], arguments[3]);
    ConfigurationImpl configuration = new ConfigurationImpl();
    configuration
        .setPersistenceEnabled(true)
        .setSecurityEnabled(false)
        .setJournalDirectory(folder.resolve("journal").toString())
        .setBindingsDirectory(folder.resolve("bindings").toString())
        .setPagingDirectory(folder.resolve("paging").toString())
        .setLargeMessagesDirectory(folder.resolve("large").toString())
        // Falls back to NIO where libaio is not installed.
        .setJournalType(JournalType.ASYNCIO)
        .setJournalSyncTransactional(true)
        .setJournalSyncNonTransactional(true)
        .setJournalDatasync(true)
        .setJournalBufferTimeout_AIO(Integer.parseInt(arguments[4]))
        .setJournalBufferTimeout_NIO(Integer.parseInt(arguments[4]));
    configuration.setBrokerInstance(folder.toFile());
    configuration.addAcceptorConfiguration(
        new TransportConfiguration(
            NettyAcceptorFactory.class.getName(), at(arguments[1], tls), "tls"));
    configuration.addQueueConfiguration(
        QueueConfiguration.of(QUEUE)
            .setAddress(QUEUE)
            .setRoutingType(RoutingType.ANYCAST)
            .setDurable(true));
    if (arguments.length > NEXT) {
      bridge(configuration, at(arguments[NEXT], tls));
    }
    EmbeddedActiveMQ broker = new EmbeddedActiveMQ().setConfiguration(configuration);
    broker.start();
    Child.ready();
    broker.stop();
    System.exit(0);
  }

  private static void bridge(ConfigurationImpl configuration, Map<String, Object> next) {
    configuration.addConnectorConfiguration(
        "next", new TransportConfiguration(NettyConnectorFactory.class.getName(), next, "next"));
    configuration.addBridgeConfiguration(
        new BridgeConfiguration()
            .setName("onward")
            .setQueueName(QUEUE)
            .setForwardingAddress(QUEUE)
            .setUseDuplicateDetection(true)
            .setReconnectAttempts(-1)
            .setStaticConnectors(List.of("next")));
  }

  /** Mutual TLS 1.3 with the JDK's engine, which is Artemis's default. */
  static Map<String, Object> tls(String keys, String trust) {
    Map<String, Object> tls = new HashMap<>();
    tls.put(TransportConstants.SSL_ENABLED_PROP_NAME, true);
    tls.put(TransportConstants.KEYSTORE_TYPE_PROP_NAME, "PKCS12");
    tls.put(TransportConstants.KEYSTORE_PATH_PROP_NAME, keys);
    tls.put(TransportConstants.KEYSTORE_PASSWORD_PROP_NAME, Keys.PASSWORD);
    tls.put(TransportConstants.TRUSTSTORE_TYPE_PROP_NAME, "PKCS12");
    tls.put(TransportConstants.TRUSTSTORE_PATH_PROP_NAME, trust);
    tls.put(TransportConstants.TRUSTSTORE_PASSWORD_PROP_NAME, Keys.PASSWORD);
    tls.put(TransportConstants.NEED_CLIENT_AUTH_PROP_NAME, true);
    tls.put(TransportConstants.ENABLED_PROTOCOLS_PROP_NAME, "TLSv1.3");
    return tls;
  }

  /** The same at a loopback port. */
  static Map<String, Object> at(String port, Map<String, Object> tls) {
    Map<String, Object> parameters = new HashMap<>(tls);
    parameters.put(TransportConstants.HOST_PROP_NAME, "127.0.0.1");
    parameters.put(TransportConstants.PORT_PROP_NAME, Integer.parseInt(port));
    return parameters;
  }
}
