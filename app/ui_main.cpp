// SPDX-License-Identifier: GPL-3.0-or-later
// rewardloupe: the window. Reads the command line, then hands over to ui/.
#include <QApplication>
#include <QCommandLineParser>
#include <QDir>
#include <QElapsedTimer>
#include <QProcess>
#include <QScreen>
#include <QSettings>
#include <cstdio>
#include <cstring>

#include "ui/main_window.h"
#include "ui/screenshots.h"
#include "ui/widgets/theme.h"

using namespace loupe::ui;

namespace {

// Screenshots need no screen; the platform is chosen before the application object exists.
void choose_platform(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    bool wanted = std::strncmp(argv[i], "--screenshots", 13) == 0;
    for (const char* word : {"--version", "-v", "--help", "-h"}) {
      wanted = wanted || std::strcmp(argv[i], word) == 0;
    }
    if (wanted && qEnvironmentVariableIsEmpty("QT_QPA_PLATFORM")) {
      qputenv("QT_QPA_PLATFORM", "offscreen");
    }
  }
}

// The path of a file on the desk, whole; on another machine it is left as it was typed.
QString whole_path(const QString& path, bool remote) {
  return remote ? path : QDir::cleanPath(QDir::current().absoluteFilePath(path));
}

}  // namespace

int main(int argc, char** argv) {
  QElapsedTimer clock;
  clock.start();
  choose_platform(argc, argv);
  QApplication app(argc, argv);
  QApplication::setOrganizationName(QStringLiteral("RewardLoupe"));
  QApplication::setApplicationName(QStringLiteral("rewardloupe"));
  QApplication::setApplicationVersion(QStringLiteral(LOUPE_VERSION));
  QSettings::setDefaultFormat(QSettings::IniFormat);

  QCommandLineParser options;
  options.setApplicationDescription(
      QApplication::tr("RewardLoupe: train, inspect and compare reward models."));
  options.addHelpOption();
  options.addVersionOption();
  const QCommandLineOption workspace_option(
      QStringLiteral("workspace"),
      QApplication::tr("Workspace folder, on the engine's machine; the last one without it."),
      QStringLiteral("folder"));
  const QCommandLineOption engine_option(
      QStringLiteral("engine"),
      QApplication::tr("Command that starts the engine, e.g. \"ssh host rewardloupe-engine\"; "
                       "\"serve --workspace FOLDER\" is added unless it says serve itself."),
      QStringLiteral("command"));
  const QCommandLineOption screenshots_option(
      QStringLiteral("screenshots"),
      QApplication::tr("Write a picture of every page into this folder, light and dark, and end."),
      QStringLiteral("folder"));
  options.addOptions({workspace_option, engine_option, screenshots_option});
  options.addPositionalArgument(
      QStringLiteral("project"),
      QApplication::tr("Project file (.rlproj) to open on the Train page."),
      QStringLiteral("[project]"));
  options.process(app);

  theme::initialise();
  EngineSetup setup;
  setup.built_in = {
      QDir(QCoreApplication::applicationDirPath()).filePath(QStringLiteral("rewardloupe-engine"))};
  setup.given = QProcess::splitCommand(options.value(engine_option));
  if (options.isSet(workspace_option)) {
    setup.workspace = whole_path(options.value(workspace_option), is_remote(setup));
  }
  MainWindow window(setup);

  if (!options.isSet(screenshots_option)) {
    QObject::connect(&window, &MainWindow::usable, &app, [&clock] {
      if (!qEnvironmentVariableIsSet("LOUPE_TIMES")) return;
      std::fprintf(stderr, "usable after %lld ms\n", static_cast<long long>(clock.elapsed()));
    });
    // A first window fits a small screen with its title bar; the session has the last word.
    const QSize room = window.screen()->availableGeometry().size() - QSize(16, 48);
    window.resize(window.size().boundedTo(room));
    window.use_session(SessionFile::default_path());
    window.show();
    window.start();
    if (const QString project = options.positionalArguments().value(0); !project.isEmpty()) {
      window.open_project_file(whole_path(project, is_remote(window.setup())));
    }
    return QApplication::exec();
  }
  Screenshots screenshots(&window, options.value(screenshots_option));
  QObject::connect(&screenshots, &Screenshots::finished, &app, [](const QString& message) {
    if (!message.isEmpty()) std::fprintf(stderr, "%s\n", qPrintable(message));
    QApplication::exit(message.isEmpty() ? 0 : 1);
  });
  window.start();
  screenshots.start();
  return QApplication::exec();
}
