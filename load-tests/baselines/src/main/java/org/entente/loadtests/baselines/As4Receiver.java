package org.entente.loadtests.baselines;

import com.helger.collection.commons.CommonsArrayList;
import com.helger.collection.commons.ICommonsList;
import com.helger.http.EHttpMethod;
import com.helger.http.header.HttpHeaderMap;
import com.helger.phase4.attachment.WSS4JAttachment;
import com.helger.phase4.crypto.IAS4CryptoFactory;
import com.helger.phase4.ebms3header.Ebms3SignalMessage;
import com.helger.phase4.ebms3header.Ebms3UserMessage;
import com.helger.phase4.error.AS4ErrorList;
import com.helger.phase4.incoming.AS4RequestHandler;
import com.helger.phase4.incoming.IAS4IncomingMessageMetadata;
import com.helger.phase4.incoming.IAS4IncomingMessageState;
import com.helger.phase4.incoming.spi.AS4MessageProcessorResult;
import com.helger.phase4.incoming.spi.AS4SignalMessageProcessorResult;
import com.helger.phase4.incoming.spi.IAS4IncomingMessageProcessorSPI;
import com.helger.phase4.model.pmode.IPMode;
import com.helger.phase4.servlet.AS4UnifiedResponse;
import com.helger.phase4.servlet.AS4XServletHandler;
import com.helger.phase4.servlet.IAS4ServletRequestHandlerCustomizer;
import com.helger.web.scope.IRequestWebScopeWithoutResponse;
import com.helger.web.scope.mgr.WebScopeManager;
import com.helger.xservlet.AbstractXServlet;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Node;

/**
 * The receiving side of AS4 in Jetty: verifies, decrypts, reads the content, and answers with a
 * signed receipt.
 *
 * <p>Arguments: port and key store.
 */
final class As4Receiver {
  private As4Receiver() {}

  /** Serves until standard input ends. */
  public static void main(String[] arguments) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(Path.of(arguments[1]))) {
      store.load(in, Keys.PASSWORD.toCharArray());
    }
    Server server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    connector.setPort(Integer.parseInt(arguments[0]));
    server.addConnector(connector);
    ServletContextHandler context = new ServletContextHandler(ServletContextHandler.SESSIONS);
    context.setContextPath("/");
    context.addEventListener(
        new Setup(
            "http://127.0.0.1:" + arguments[0] + As4Exchange.PATH, As4Exchange.crypto(store)));
    server.setHandler(context);
    server.start();
    Child.ready();
    System.exit(0);
  }

  /** phase4's own global state, which its servlet needs when it is made. */
  private record Setup(String address, IAS4CryptoFactory crypto) implements ServletContextListener {
    @Override
    public void contextInitialized(ServletContextEvent event) {
      WebScopeManager.onGlobalBegin(event.getServletContext());
      As4Exchange.register(address);
      event
          .getServletContext()
          .addServlet("as4", new Receiving(crypto))
          .addMapping(As4Exchange.PATH);
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
      WebScopeManager.onGlobalEnd();
    }
  }

  private static final class Receiving extends AbstractXServlet {
    private static final long serialVersionUID = 1;

    Receiving(IAS4CryptoFactory crypto) {
      settings().setMultipartEnabled(false);
      AS4XServletHandler handler = new AS4XServletHandler();
      handler.setRequestHandlerCustomizer(new Setting(crypto));
      handlerRegistry().registerHandler(EHttpMethod.POST, handler);
    }
  }

  private record Setting(IAS4CryptoFactory crypto) implements IAS4ServletRequestHandlerCustomizer {
    @Override
    public void customizeBeforeHandling(
        IRequestWebScopeWithoutResponse request,
        AS4UnifiedResponse response,
        AS4RequestHandler handler) {
      handler.setCryptoFactory(crypto);
      handler.setProcessorSupplier(() -> new CommonsArrayList<>(new Reading()));
    }

    @Override
    public void customizeAfterHandling(
        IRequestWebScopeWithoutResponse request,
        AS4UnifiedResponse response,
        AS4RequestHandler handler) {}
  }

  /** Takes messages to the end of their content; keeps none. */
  private static final class Reading implements IAS4IncomingMessageProcessorSPI {
    @Override
    public AS4MessageProcessorResult processAS4UserMessage(
        IAS4IncomingMessageMetadata metadata,
        HttpHeaderMap headers,
        Ebms3UserMessage message,
        IPMode mode,
        @Nullable Node payload,
        @Nullable ICommonsList<WSS4JAttachment> attachments,
        IAS4IncomingMessageState state,
        AS4ErrorList errors) {
      long bytes = attachments == null ? 0 : attachments.stream().mapToLong(Reading::read).sum();
      return bytes == Task.BYTES && state.isSoapDecrypted() && state.isSoapSignatureChecked()
          ? AS4MessageProcessorResult.createSuccess()
          : AS4MessageProcessorResult.createFailure();
    }

    private static long read(WSS4JAttachment attachment) {
      try (InputStream in = attachment.getSourceStream()) {
        return in.readAllBytes().length;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public AS4SignalMessageProcessorResult processAS4SignalMessage(
        IAS4IncomingMessageMetadata metadata,
        HttpHeaderMap headers,
        Ebms3SignalMessage message,
        @Nullable IPMode mode,
        IAS4IncomingMessageState state,
        AS4ErrorList errors) {
      return AS4SignalMessageProcessorResult.createSuccess();
    }

    @Override
    public void processAS4ResponseMessage(
        IAS4IncomingMessageMetadata metadata,
        IAS4IncomingMessageState state,
        String responseId,
        byte[] response,
        boolean available,
        AS4ErrorList errors) {}
  }
}
